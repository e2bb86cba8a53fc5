/** Freeze and Thaw where a cluster was asked: who writes, what will be patched, the word that starts it. */
import { place, runningUnderPause, shortRevision } from '../../runbook/cluster.ts';
import { heldPauses } from '../../runbook/cluster-state.ts';
import type { ClusterSight, ObjectName, RestartRisk, SeenController } from '../../runbook/cluster.ts';
import type { RunState } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { labelled, line, span, wrap, type Line, type Token } from './line.ts';
import type { Scene, Screen } from './types.ts';

type Row = readonly [label: string, text: string, token?: Token];

function paragraphs(rows: readonly Row[], size: Size): readonly Line[] {
  return rows.flatMap(([label, text, token = 'plain']) => labelled(label, text, size.columns, { narrow: size.width === 'narrow', text: token }));
}

/** What would be patched, and what a pause does not stop. */
export function pauseLines(sight: ClusterSight, state: RunState, size: Size): readonly Line[] {
  const { lastWrite, controllers, risks, notes, pauses } = sight;
  const written = lastWrite === null ? '' : `${lastWrite.field === '' ? '' : ` ${lastWrite.field}`} last written by ${lastWrite.manager} at ${lastWrite.time}`;
  const remembered = state.cluster.remembered ?? [];
  return [
    ...wrap(line(' ', span('strong', `${sight.source}${written}`)), size.columns, 1),
    ...paragraphs([
      ...controllers.map(({ role, title, object, automation, revision, because }): Row => [role === 'applies' ? 'writer' : 'above it', `${title} ${place(object)}: ${automation}${revision === null ? '' : `, revision ${shortRevision(revision)}`} (${because})`]),
      ...runningUnderPause(sight).flatMap(({ title, object, running }): Row[] => (running === null ? [] : [['running', `${title} ${place(object)}: ${running.message || running.phase}${running.since === null ? '' : `, since ${running.since}`}; the pause does not stop it`, 'warn']])),
      ...pauses.map(({ title }): Row => ['patch', title]),
      ...risks.map(({ object, setting, safe }): Row => ['careful', `no pause stops ${object.resource.kind} ${place(object)}: ${setting}; every start of a pod does it again${safe === null ? '' : ' (a live patch is offered after the capture)'}`, 'warn']),
      ...notes.map((note): Row => ['note', note]),
      ...(remembered.length === 0 ? [] : [['kept', `${remembered.length} earlier ${remembered.length === 1 ? 'version' : 'versions'} that the API server still remembered: ${remembered.map(({ file }) => file).join(', ')}`, 'ok'] as Row]),
      ...(sight.mayPause ? [] : [['careful', 'These credentials may not pause it: realm-rescue doctor with the same --context prints the Role that is missing.', 'danger'] as Row]),
    ], size),
  ];
}

/** What goes on although its writer is paused. */
export function terminateLines(controllers: readonly SeenController[], size: Size): readonly Line[] {
  return [
    ...wrap(line(' ', span('strong', 'An operation goes on under the pause. Shall it be ended?')), size.columns, 1),
    ...paragraphs([
      ...controllers.map(({ title, object, running }): Row => ['running', `${title} ${place(object)}: ${running?.message || running?.phase || ''}${running?.since ? `, since ${running.since}` : ''}`, 'warn']),
      ['patch', 'status.operationState.phase: Terminating, as argocd app terminate-op does it; then it is looked at until it has ended.'],
      ['careful', 'What it has applied so far stays. Argo CD does not sync the same revision again by itself; the thaw asks for one sync.', 'warn'],
    ], size),
  ];
}

/** The live patch that is offered, and what it does. */
export function safeLines({ object, setting, because, safe }: RestartRisk, size: Size): readonly Line[] {
  return [
    ...wrap(line(' ', span('strong', `A start of a pod imports again: ${object.resource.kind} ${place(object)}`)), size.columns, 1),
    ...paragraphs([['setting', setting, 'warn'], ['because', because], ['patch', safe?.title ?? '']], size),
  ];
}

/** What a restart on purpose shows. */
export function restartLines(objects: readonly ObjectName[], size: Size): readonly Line[] {
  return [
    ...wrap(line(' ', span('strong', 'The sync was a no-op. Does a start of a pod import nothing, too?')), size.columns, 1),
    ...paragraphs([
      ['patch', `kubectl rollout restart of ${objects.map((object) => `${object.resource.kind} ${place(object)}`).join(', ')}: pods are replaced in their own order, then the realm is read again.`],
      ['careful', 'Before Keycloak 26, user sessions live in memory: with one replica a restart ends them.', 'warn'],
    ], size),
  ];
}

/** What is put back, and what is watched then. */
export function resumeLines(state: RunState, size: Size): readonly Line[] {
  const patch = state.exported?.patch;
  return [
    ...wrap(line(' ', span('strong', patch ? 'Please apply the patch to the repository, review and merge it. Then the writer may run again.' : 'Please make sure that git says the same as live. Then the writer may run again.')), size.columns, 1),
    ...paragraphs([
      ...(patch ? [['git', `git apply ${patch}`] as Row] : []),
      ...heldPauses(state.cluster).map(({ object, field, previous, means }): Row => ['patch', `${object.resource.kind} ${place(object)}: ${means === 'deny-window' ? 'our deny window goes' : `${field.join('.')} as it was: ${JSON.stringify(previous)}`}`]),
      ['then', 'An operation that is running is ended first. Its next sync is watched at three levels: controller, cluster, realm. Where it is not a no-op, the writer is paused again at once.'],
    ], size),
  ];
}

export function clusterScreen(body: readonly Line[], ask: string, { size, local }: Scene): Screen {
  const prompt = local.field === null ? line(' Enter goes back to typing, q leaves.') : line(` ${ask} `, span('focus', `${local.typed}▏`));
  return { body, prompt: wrap(prompt, size.columns, 1) };
}
