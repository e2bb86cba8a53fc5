/** What an operator does with a custom resource whatever GitOps does (writers.md 3.1 and 5.3). Pure. */
import { groupOf, RESOURCES, shownObject, type KubeObject } from '../controllers/object.ts';
import { listedObjects } from '../controllers/owners.ts';

/** For a person who pauses what applies it; empty for what no operator carries out. */
export function operatorNotes(object: KubeObject): readonly string[] {
  if (object.kind === 'KeycloakRealmImport') return [`the operator imports ${shownObject(object)} once, where there is no such realm, and leaves a realm that is there alone`];
  const group = groupOf(object);
  if (group === RESOURCES.epamrealm.group) return [`${shownObject(object)} is carried out by the operator of EPAM, which a pause of GitOps does not stop: it writes into Keycloak again when the object changes and when the operator starts anew`];
  if (group === RESOURCES.vriesrealm.group) return [`${shownObject(object)} is carried out by the operator of vriesdemichael, which a pause of GitOps does not stop: it sets Keycloak back to the object when that changes, when the operator starts, and where drift.autoRemediate is on at every look; RECONCILE_PAUSE_REALMS and RECONCILE_PAUSE_CLIENTS of the operator stop that`];
  return group === RESOURCES.legacyrealm.group ? [`${shownObject(object)} is carried out by the legacy operator of Keycloak, which a pause of GitOps does not stop`] : [];
}

/** Groups whose resources an operator carries out in Keycloak, with what it does meanwhile. */
const CARRIED_OUT: readonly (readonly [RegExp, string])[] = [
  [/^v1\.edp\.epam\.com$/, 'the operator of EPAM, which writes into Keycloak again when they change and when it starts anew'],
  [/^vriesdemichael\.github\.io$/, 'the operator of vriesdemichael, which sets Keycloak back to them when they change, when it starts, and where drift.autoRemediate is on at every look'],
  [/^keycloak\.org$/, 'the legacy operator of Keycloak'],
  [/^keycloak\.hostzero\.com$/, 'the operator of hostzero'],
  // `realm.keycloak.crossplane.io`, and `realm.keycloak.m.crossplane.io` of those in a namespace (writers.md (g)).
  [/(?:^|\.)keycloak\.(?:m\.)?crossplane\.io$/, 'the provider of Crossplane, which sets Keycloak back to them at every look, ten minutes apart as it comes; their annotation crossplane.io/paused: "true" stops that'],
];

/** What goes on in Keycloak under a pause of a controller that applies resources of an operator: one line for each operator. */
export function operatorsOf(controller: KubeObject): readonly string[] {
  const listed = listedObjects(controller);
  return CARRIED_OUT.flatMap(([group, who]) => {
    const kinds = listed.filter((entry) => group.test(entry.group)).map(({ kind }) => kind);
    return kinds.length === 0 ? [] : [`${shownObject(controller)} applies ${kinds.length === 1 ? 'a resource' : `${kinds.length} resources`} (${[...new Set(kinds)].join(', ')}) that a pause of it does not keep from Keycloak: ${kinds.length === 1 ? 'it is' : 'they are'} carried out by ${who}`];
  });
}
