/** What was found in a cluster, as lines for a person. */
import { bringsBelow, differsIn, listed, place, runningUnderPause, shortRevision } from '../runbook/cluster.ts';
import type { ClusterSight, ControllerBefore, NoOpLevel, ObjectName, Remembered, SyncBefore } from '../runbook/cluster.ts';

/** Who writes, and what else may write; the most telling first. */
export function sightLines(sight: ClusterSight): readonly string[] {
  return [
    `Context ${sight.context} (${sight.server}) as ${sight.user}`,
    ...(sight.lastWrite === null ? [] : [`${sight.source}${sight.lastWrite.field === '' ? '' : ` ${sight.lastWrite.field}`} was last written by ${sight.lastWrite.manager} at ${sight.lastWrite.time} (a lead: anybody may write any name there)`]),
    ...sight.controllers.map(({ title, object, automation, revision, because, role }) => `${role === 'owner' ? 'above it: ' : ''}${title} ${place(object)}: ${automation}${revision === null ? '' : `, revision ${shortRevision(revision)}`} (${because})`),
    ...runningUnderPause(sight).flatMap(({ title, object, running }) => (running === null ? [] : [`RUNNING in ${title} ${place(object)}${running.since === null ? '' : ` since ${running.since}`}: ${running.message || running.phase}; a pause does not stop it${object.resource.kind === 'Application' ? ' (--terminate does)' : ''}`])),
    ...sight.risks.map(({ object, setting, because }) => `A PAUSE DOES NOT STOP ${object.resource.kind} ${place(object)}: ${setting}: ${because}`),
    ...sight.notes.map((note) => `Note: ${note}.`),
  ];
}

export function rememberedLines(versions: readonly Remembered[], directory: string): readonly string[] {
  return versions.map(({ object, changed, lastWrite, file }) => `Still remembered by the API server: ${object.resource.kind} ${place(object)} before ${changed.join(', ') || 'it'} changed${lastWrite === null ? '' : `, written by ${lastWrite.manager} at ${lastWrite.time}`} → ${directory}/${file}`);
}

export function levelLine({ level, noOp, because }: NoOpLevel): string {
  return `${noOp === null ? '?  ' : noOp ? 'OK ' : 'NO '} ${level.padEnd(10)} ${because}`;
}

/** What the next syncs would bring, before the word that lets them run. @param isOurs whether a controller is to run again */
export function announcedLines(before: SyncBefore, isOurs: (controller: ObjectName) => boolean): readonly string[] {
  return before.controllers.flatMap((controller): readonly string[] => {
    const { object, above, paused, running, stuck, synced, differing } = controller;
    const ours = isOurs(object);
    const name = above === true ? `${place(object)}, above it` : place(object);
    if (!ours && paused === true) return [above === true ? `${name}: paused, and not by this record. What it would bring comes when it runs again.` : `${name}: paused or without automation, and not by this record. It stays as it is, and nothing is known of its next sync.`];
    if (above === true && !ours && (object.resource.kind !== 'Kustomization' || synced === null)) return synced === null ? [`${name}: it goes on by itself; what it brings cannot be seen.`] : [];
    if (above === true) return aboveLines(name, controller, bringsBelow(before, controller));
    return [
      ...(ours && running && object.resource.kind === 'Application' ? [`PATCH  the operation that is running in Application ${name} is ended first: what it would do could not be told from its next sync`] : []),
      ...(stuck === null ? [] : [`Note: ${stuck}.`]),
      // What failed before is what the next sync will bring all the same.
      ...(stuck !== null && synced !== false ? [] : [synced === true ? `${name}: git and cluster agree already; nothing is left to sync.` : `${name}: ${differing.length > 0 ? `the next sync brings ${differing.join(', ')}` : 'the next sync may bring changes'}.`]),
    ];
  });
}

function aboveLines(name: string, controller: ControllerBefore, below: readonly ObjectName[]): readonly string[] {
  const { object, synced, revision, target = null, differing, stuck } = controller;
  const note = stuck === null || below.length === 0 ? [] : [`Note: ${name}: ${stuck}.`];
  if (below.length === 0) return synced === null ? [`${name}: its next sync comes first, and may bring changes.`] : [];
  const lines = differing.filter((line) => below.some((one) => differsIn({ differing: [line] }, listed(one))));
  if (object.resource.kind === 'Application') return [...note, `${name}: its next sync comes first, and brings ${lines.join(', ')}, where our pause is not all that differs.`];
  return [...note, `${name}: git has ${target === null ? 'another revision' : `${revision === null ? '' : `${shortRevision(revision)} → `}${shortRevision(target)}`}; that comes first, and may change what it applies.`];
}
