/** What was found in a cluster, as lines for a person. */
import { place, shortRevision } from '../runbook/cluster.ts';
import type { ClusterSight, NoOpLevel, Remembered } from '../runbook/cluster.ts';

/** Who writes, and what else may write; the most telling first. */
export function sightLines(sight: ClusterSight): readonly string[] {
  return [
    `Context ${sight.context} (${sight.server}) as ${sight.user}`,
    ...(sight.lastWrite === null ? [] : [`${sight.source}${sight.lastWrite.field === '' ? '' : ` ${sight.lastWrite.field}`} was last written by ${sight.lastWrite.manager} at ${sight.lastWrite.time} (a lead: anybody may write any name there)`]),
    ...sight.controllers.map(({ title, object, automation, revision, because, role }) => `${role === 'owner' ? 'above it: ' : ''}${title} ${place(object)}: ${automation}${revision === null ? '' : `, revision ${shortRevision(revision)}`} (${because})`),
    ...sight.controllers.flatMap(({ title, object, running }) => (running === null ? [] : [`RUNNING in ${title} ${place(object)}${running.since === null ? '' : ` since ${running.since}`}: ${running.message || running.phase}; a pause does not stop it${object.resource.kind === 'Application' ? ' (--terminate does)' : ''}`])),
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
