/** What a start, a patch or a delete of a workload means, in sentences. Pure. */
import type { ObjectName } from '../runbook/cluster.ts';
import { isObject, listAt, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { compareVersions } from '../gitops/catalogue/setting.ts';
import { containersOf } from '../gitops/live/pods.ts';

/** When it happens, whatever is paused. */
export function standing(object: KubeObject): readonly string[] {
  const hook = hookOf(object);
  if (hook !== null) return [hook];
  if (object.kind === 'CronJob') return [`It runs on the schedule "${textAt(object, 'spec', 'schedule') ?? ''}", whatever is paused.`];
  if (object.kind === 'Job') return [isFinished(object) ? 'It has ended and does not start by itself; it imports again wherever it is made anew.' : 'It has not ended: it may be importing now.'];
  return ['Every start of a pod does it, after a drain, a crash or a rollout: no pause of a controller stops that.'];
}

/** A hook runs at each sync, also at one that changes nothing; Argo CD takes those of Helm for its own (gitops.md 0.7). */
function hookOf({ metadata: { annotations = {} } }: KubeObject): string | null {
  const argo = annotations['argocd.argoproj.io/hook'];
  const helm = annotations['helm.sh/hook'];
  if (argo !== undefined) return `It is a ${argo} hook of Argo CD: it runs at each sync, also at one that is started by hand or changes nothing, whatever is paused.`;
  return helm === undefined ? null : `It is a ${helm} hook of Helm: it runs at each upgrade, and under Argo CD at each sync, whatever is paused.`;
}

function isFinished(job: KubeObject): boolean {
  return listAt(job, 'status', 'conditions').some((condition) => ['Complete', 'Failed'].includes(textAt(condition, 'type') ?? '') && textAt(condition, 'status') === 'True');
}

/** What a person does where nothing can be patched. */
export function instead(object: KubeObject, { resource, namespace, name }: ObjectName): readonly string[] {
  const operator = (object.metadata.ownerReferences ?? []).find(({ apiVersion }) => /keycloak/.test(apiVersion));
  if (operator) return [`The operator puts every change of it back: change ${operator.kind} ${namespace ?? ''}/${operator.name} instead.`];
  const remove = `kubectl delete ${resource.kind.toLowerCase()} -n ${namespace ?? ''} ${name}`;
  if (object.kind === 'Job') return [`The template of a Job cannot be changed: ${remove}, once nothing makes it anew.`];
  return [`No patch is known that makes it safe: edit it by hand (kubectl edit ${resource.kind.toLowerCase()} -n ${namespace ?? ''} ${name}), or keep it from starting.`];
}

/**
 * What a patch of the pod template sets off. Where user sessions live decides who has to log in again: from 26.0 on in the database
 * (feature persistent-user-sessions, on by default; Keycloak 26.0 release notes), before that in the memory of the pods.
 *
 * @param version  of the server; null where nobody knows it
 */
export function consequence(object: KubeObject, version: string | null): readonly string[] {
  if (!['StatefulSet', 'Deployment'].includes(object.kind ?? '')) return [];
  const spec = isObject(object['spec']) ? object['spec'] : {};
  if (textAt(spec, 'updateStrategy', 'type') === 'OnDelete') return [];
  const replicas = typeof spec['replicas'] === 'number' ? spec['replicas'] : 1;
  const together = textAt(spec, 'strategy', 'type') === 'Recreate';
  const how = together ? 'all at once' : replicas > 1 ? 'one after the other' : '';
  return [
    `A patch of the template restarts the pods${how === '' ? '' : ` ${how}`}, which empties their caches: what is still there of the old realm has to be captured before.`,
    sessions(object, version, replicas > 1 && !together),
  ];
}

function sessions(object: KubeObject, version: string | null, rolling: boolean): string {
  const memory = rolling ? 'they survive as long as the pods restart one after the other' : 'everybody has to log in again';
  const features = (name: string) => containersOf(object).flatMap(({ value }) => listAt(value, 'env')).some((entry) => textAt(entry, 'name') === name && (textAt(entry, 'value') ?? '').split(',').some((feature) => feature.trim().startsWith('persistent-user-sessions')));
  if (features('KC_FEATURES_DISABLED')) return `User sessions are in the memory of the pods here (persistent-user-sessions is switched off): ${memory}.`;
  if (features('KC_FEATURES')) return 'User sessions are in the database here (persistent-user-sessions): they survive.';
  if (version === null) return `From Keycloak 26 on user sessions are in the database and survive; the release is not known, and before 26 they are in the memory of the pods: then ${memory}.`;
  if (compareVersions(version, '26.0.0') >= 0) return `Keycloak ${version} keeps user sessions in the database unless that is switched off: they survive.`;
  return `Keycloak ${version} keeps user sessions in the memory of its pods: ${memory}.`;
}
