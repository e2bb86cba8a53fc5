/** What an operator does with a custom resource whatever GitOps does (writers.md 3.1 and 5.3). Pure. */
import { groupOf, RESOURCES, shownObject, type KubeObject } from '../controllers/object.ts';

/** For a person who pauses what applies it; empty for what no operator carries out. */
export function operatorNotes(object: KubeObject): readonly string[] {
  if (object.kind === 'KeycloakRealmImport') return [`the operator imports ${shownObject(object)} once, where there is no such realm, and leaves a realm that is there alone`];
  const group = groupOf(object);
  if (group === RESOURCES.epamrealm.group) return [`${shownObject(object)} is carried out by the operator of EPAM, which a pause of GitOps does not stop: it writes into Keycloak again when the object changes and when the operator starts anew`];
  if (group === RESOURCES.vriesrealm.group) return [`${shownObject(object)} is carried out by the operator of vriesdemichael, which a pause of GitOps does not stop: it sets Keycloak back to the object when that changes, when the operator starts, and where drift.autoRemediate is on at every look; RECONCILE_PAUSE_REALMS and RECONCILE_PAUSE_CLIENTS of the operator stop that`];
  return group === RESOURCES.legacyrealm.group ? [`${shownObject(object)} is carried out by the legacy operator of Keycloak, which a pause of GitOps does not stop`] : [];
}
