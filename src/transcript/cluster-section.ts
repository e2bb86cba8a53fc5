import { place } from '../runbook/cluster.ts';
import { afterAnnounced } from '../runbook/cluster-lines.ts';
import { isPausedBy, objectKey, type PatchState } from '../runbook/cluster-state.ts';
import type { NoOpLevel, SeenController } from '../runbook/cluster.ts';
import { code, prose, table } from './escape.ts';
import { reference } from './moments.ts';
import type { Story } from './story.ts';

const STATUS: Readonly<Record<PatchState['status'], string>> = { sent: 'taken by the API server', intended: '**not known: the run ended here**', failed: '**refused**' };

/** Who wrote, what was paused and let run again, and what the sync after it did. Absent where no cluster was asked. */
export function clusterSection(story: Story): string[] {
  const { sight, remembered, patches, watched, restarted } = story.state.cluster;
  if (sight === null && Object.keys(patches).length === 0) return [];
  const written = sight?.lastWrite ?? null;
  return [
    '## Cluster',
    '',
    ...(sight ? [`Context ${code(sight.context)} (${code(sight.server)}) as ${code(sight.user)}; the writer was looked for from ${code(sight.source)}.`, ''] : []),
    ...(written ? [`${code(written.field || sight?.source || '')} was last written by ${code(written.manager)} at ${prose(written.time)}. That is what the object says; anybody may write any name there.`, ''] : []),
    ...table(['Controller', 'Was', 'Found by'], (sight?.controllers ?? []).map(({ title, object, automation, because, role }) => [`${title} ${code(place(object))}${role === 'owner' ? ' (above)' : ''}`, prose(automationBefore(story, object) ?? automation), prose(because)])),
    ...table(['Kept', 'What the next version changed', 'Written by'], (remembered ?? []).map(({ file, changed, lastWrite }) => [code(file), changed.map(code).join(', '), lastWrite === null ? 'not known' : `${code(lastWrite.manager)} at ${prose(lastWrite.time)}`])),
    ...table(['Patch', 'Stood there before', 'Outcome', ''], Object.values(patches).map(({ patch, status, failure }) => [prose(patch.title), code(JSON.stringify(patch.previous)), failure === null ? STATUS[status] : `${STATUS[status]}: ${prose(failure.title)}`, reference(seqsOf(story, patch.id))])),
    ...(sight?.risks ?? []).map(({ object, setting, because }) => `- a pause does not stop ${object.resource.kind} ${code(place(object))}: ${code(setting)}: ${prose(because)}`),
    ...(sight?.notes ?? []).map((note) => `- ${prose(note)}`),
    ...(watched === null ? [] : ['', `The next sync${afterAnnounced(watched.changes)} was ${watched.ok ? 'a no-op' : '**not a no-op**; the writer was paused again'}:`, '', ...watched.levels.map(levelItem), ...watched.changes.map((change) => `- ${prose(change)}`)]),
    ...(restarted === null ? [] : [`${levelItem(restarted)}, after a deliberate restart of the pods`]),
  ];
}

/** As it was seen before this record paused it; whoever thaws looks while it is paused. */
function automationBefore({ lines }: Story, object: SeenController['object']): string | undefined {
  const paused = lines.findIndex(({ event }) => event.type === 'patch.intended' && event.patch.purpose === 'pause' && isPausedBy([event.patch], object));
  const seen = lines.slice(0, Math.max(paused, 0)).flatMap(({ event }) => (event.type === 'cluster.seen' ? event.sight.controllers : []));
  return seen.findLast((controller) => objectKey(controller.object) === objectKey(object))?.automation;
}

function levelItem({ level, noOp, because }: NoOpLevel): string {
  return `- ${level}: ${noOp === null ? 'not looked at' : noOp ? 'no-op' : '**changed**'} (${prose(because)})`;
}

function seqsOf(story: Story, id: string): readonly number[] {
  return story.lines.flatMap(({ seq, event }) => ((event.type === 'patch.intended' && event.patch.id === id) || (event.type === 'patch.sent' && event.id === id) || (event.type === 'patch.failed' && event.id === id) ? [seq] : []));
}
