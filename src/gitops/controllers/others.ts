/** Who writes an object beside the controllers that can be paused, read off the object itself. They are named: a pause does not stop them, and some take it back. Pure. */
import { controllerKind } from './index.ts';
import { makerOf } from './makers.ts';
import { place } from '../../runbook/cluster.ts';
import { shownObject, type KubeObject } from './object.ts';

/** The application is kept equal to one of another cluster (argocd-agent, internal/manager/manager.go; docs/concepts/agent-modes/managed.md). */
const COPIED = 'argocd.argoproj.io/source-uid';
/** `PROJECT:STAGE`, which may start a sync of the application (kargo, api/v1alpha1/annotations.go). */
const STAGE = 'kargo.akuity.io/authorized-stage';
/** Of Flux Operator, which leaves no owner reference. */
const RESOURCE_SET = 'resourceset.fluxcd.controlplane.io';

/** One line for each; empty for what is as the controllers of git leave it. */
export function othersOf(object: KubeObject): readonly string[] {
  const { annotations = {}, labels = {}, namespace = '' } = object.metadata;
  const it = shownObject(object);
  const [stage, set] = [annotations[STAGE], labels[`${RESOURCE_SET}/name`]];
  const isController = controllerKind(object.kind ?? '') !== undefined;
  return [
    ...(object.kind !== 'Application' || annotations[COPIED] === undefined ? [] : [`${it} is a copy that argocd-agent keeps of one in another cluster (annotation ${COPIED}): the agent takes back what is changed here, a pause as well; freeze it where it comes from, with --context OTHER --from application:NAMESPACE/${object.metadata.name}`]),
    ...(object.kind !== 'Application' || stage === undefined ? [] : [`stage ${stage} of Kargo may sync ${it} whether or not its automation is off (only a deny window holds that up): let nothing be promoted to it before the thaw`]),
    ...(set === undefined ? [] : [`${it} is applied by ResourceSet ${place({ namespace: labels[`${RESOURCE_SET}/namespace`] ?? namespace, name: set })} of Flux Operator, which is not paused: ${isController ? 'where it states the field of the pause, it takes that back; ' : ''}its annotation fluxcd.controlplane.io/reconcile: disabled stops it`]),
    ...(isController || object.kind === 'ConfigMap' || object.kind === 'Secret' ? strangers(object) : []),
  ];
}

/** Owners that nothing here knows: they may write the object again whenever they like. */
function strangers(object: KubeObject): readonly string[] {
  if (makerOf(object) !== null) return [];
  const unknown = (object.metadata.ownerReferences ?? []).filter(({ kind, apiVersion }) => kind !== 'ApplicationSet' && !/^(?:[\w.-]*keycloak[\w.-]*|vriesdemichael\.github\.io)\//.test(apiVersion));
  return unknown.map(({ kind, name, apiVersion }) => `${shownObject(object)} is made by ${kind} ${name} (${apiVersion}), which is not known here and not paused: it may write it again`);
}
