import { setTimeout as wait } from 'node:timers/promises';
import { openClusterPort } from '../kubernetes/cluster.ts';
import { EXIT, RescueError } from '../realm/errors.ts';
import { endable, place, runningUnderPause } from '../runbook/cluster.ts';
import { heldPauses, objectKey } from '../runbook/cluster-state.ts';
import type { ClusterSight } from '../runbook/cluster.ts';
import { count } from '../runbook/lines.ts';
import { asPatch } from '../runbook/found-pauses.ts';
import { controllerWord } from '../runbook/next.ts';
import { pauseAll, recordRemembered, terminateRunning, type ClusterWork } from '../runner/cluster-work.ts';
import { mayNotPause, mayNotTerminate, nothingApplies } from '../runner/cluster-failures.ts';
import { everyTurn, standsEveryTurn } from '../runner/pause-watch.ts';
import type { Cluster } from '../runner/cluster.ts';
import type { SessionStore } from '../runner/ports.ts';
import { specOf } from '../gitops/controllers/object.ts';
import { sanitise } from '../ui/text.ts';
import { VERSION } from '../version.ts';
import { checkFrom, clusterTarget } from './cluster-target.ts';
import { rememberedLines, sightLines } from './cluster-text.ts';
import { clusterWork } from './cluster-work.ts';
import { printJson, tagged } from './out.ts';
import { holdings, type Holdings, type PauseLocks } from './locks.ts';
import { againFlags, freshId, newSession, sessionDirectory, sessionFlag } from './session.ts';
import { catchSignals } from './signals.ts';
import type { CommandRun, Invocation } from './table.ts';
import { thisTerminal } from './terminal.ts';
import { typedWord } from './typed-word.ts';

/**
 * Pauses what applies the realm's ConfigMap (or what --from names), and everything that would take the pause back. Recorded, so that a thaw
 * restores exactly what was there. What the API server still remembers is read first and recorded in every case.
 */
export const run: CommandRun = async (invocation) => {
  const { from } = invocation.flags;
  if (from === undefined) throw new RescueError('usage', 'Nothing is named that the writer applies.', ['Give --from configmap:NAMESPACE/NAME, or the controller itself: --from application:NAMESPACE/NAME.']);
  await checkFrom(from);
  const cluster = openClusterPort(clusterTarget(invocation));
  const signals = catchSignals({ title: 'Left; what may have been sent is on record and is looked for before anything is sent again.', next: [`See what is paused: realm-rescue sessions${sessionFlag(invocation)}`] });
  const held = holdings(sessionDirectory(invocation));
  try {
    return await Promise.race([signals.left, freeze(invocation, cluster, { from, held })]);
  } finally {
    await held.leave(cluster);
    signals.release();
  }
};

async function freeze(invocation: Invocation, cluster: Cluster, { from, held }: { readonly from: string; readonly held: Holdings }): Promise<number> {
  const { flags } = invocation;
  const say = (lines: readonly string[]): void => { if (!flags.json) for (const line of lines) process.stderr.write(`${sanitise(line)}\n`); };
  const tell = (text: string): void => say([`  ${text}`]);
  const record = recorder(invocation, cluster, { from, held });
  const memory = await cluster.remember(from, tell);
  // A record that would hold nothing is not made.
  if (memory.versions.length > 0) recordRemembered(record.open(), memory);
  const sight = await cluster.look(from, tell);
  say([...tagged(sightLines(sight), flags['env-tag']), ...(record.work ? rememberedLines(record.work.state().remembered ?? [], record.directory()) : []), ...memory.notes.map((note) => `Note: ${note}`), ...sight.pauses.map(({ title }) => `PATCH  ${title}`)]);
  // As kubectl apply takes it; in a message every line would be indented.
  const mayNotEnd = flags.terminate === true && sight.mayTerminate === false;
  if ((!sight.mayPause || mayNotEnd) && !flags.json) process.stdout.write(sight.role ?? '');
  if (sight.controllers.length === 0 && !sight.mayPause) throw mayNotPause(sight);
  if (sight.controllers.length === 0) throw nothingApplies(from);
  // Not after the pause: a freeze is never half of what was asked for where that can be known.
  if (mayNotEnd) throw sight.mayPause ? mayNotTerminate(sight) : mayNotPause(sight);
  const patches = sight.pauses.length + (flags.terminate ? endable(sight).length : 0);
  const open = flags['read-only'] ? patches - (await windowsStanding(cluster, sight)) : 0;
  if (open > 0) say([`Read-only: ${count(open, 'object')} would be patched, and nothing was sent.`]);
  if (patches > 0 && !flags['read-only']) {
    record.lock(sight);
    const word = controllerWord(sight);
    await typedWord({ terminal: thisTerminal(invocation), word, given: flags.confirm, what: `${count(patches, 'object')} would be patched`, ask: `Type ${word} to patch ${count(patches, 'object')}` });
    const work = record.open();
    work.dispatch({ type: 'cluster.seen', sight });
    work.dispatch({ type: 'pause.answered', pause: true, by: flags.confirm === undefined ? 'person' : 'flag' });
    await pauseAll(work, sight);
    if (flags.terminate) await terminateRunning(work, sight);
  }
  say(outcome(sight, record.work, againFlags(invocation)));
  const turn = everyTurn(sight);
  if (!flags.watch && patches > 0 && !flags['read-only']) say([`Not waited for: what the controllers do by themselves within ${turn} s; freeze --watch does, also afterwards`]);
  if (flags.watch && !flags['read-only']) {
    say([`Watching for ${turn} s, in which whoever would take the pause back has had a turn (ctrl-c leaves; what is paused stays paused)`]);
    await standsEveryTurn({ cluster, sight, work: record.work, wait });
    say([`OK  all of it is still paused after ${turn} s`]);
  }
  if (flags.json) printJson({ schema: 'realm-rescue/freeze/v1', session: record.work?.store.id ?? null, watched: flags.watch && !flags['read-only'] ? turn : null, sight, paused: record.work ? heldPauses(record.work.state()) : [], remembered: record.work?.state().remembered ?? [] }, 2);
  return open > 0 ? EXIT.differences : EXIT.done;
}

/** How many of the deny windows that a freeze would make stand already. */
async function windowsStanding(cluster: Cluster, { pauses }: ClusterSight): Promise<number> {
  return (await cluster.check(pauses.filter(({ means }) => means === 'deny-window').map(asPatch))).filter(({ holds }) => holds).length;
}

function outcome(sight: ClusterSight, work: ClusterWork | null, flag: string): readonly string[] {
  const held = work === null ? [] : heldPauses(work.state());
  const ended = work?.state().ended ?? null;
  const running = runningUnderPause(sight).filter((controller) => ended?.ended.some((object) => objectKey(object) === objectKey(controller.object)) !== true);
  return [
    ...held.map(({ title }) => `OK  ${title}: read back, and again after a while`),
    ...sight.controllers.filter(({ paused }) => paused).map(({ title, object, automation }) => `OK  ${title} ${place(object)} was paused already (${automation})`),
    ...(held.length > 0 && work ? [`What was there before is in record ${work.store.id}. To let it run again: realm-rescue thaw ${work.store.id}${flag}`] : []),
    ...(sight.risks.length > 0 ? [`A start of a pod still imports (${count(sight.risks.length, 'risk')} above). recover offers the live patch against it, after it has captured what is still there.`] : []),
    ...(ended?.ended ?? []).map((object) => `OK  the running operation of ${object.resource.kind} ${place(object)} has ended`),
    ...running.map(({ title, object }) => `STILL RUNNING: the operation of ${title} ${place(object)} goes on under the pause; ${object.resource.kind === 'Application' && ended === null ? 'freeze --terminate ends it' : 'wait for its end'}.`),
  ];
}

/** A record that is made when there is something to record. */
function recorder(invocation: Invocation, cluster: Cluster, { from, held }: { readonly from: string; readonly held: Holdings }): { readonly work: ClusterWork | null; open(): ClusterWork; lock(sight: ClusterSight): void; directory(): string } {
  const id = freshId(invocation);
  let opened: { readonly work: ClusterWork; readonly store: SessionStore } | null = null;
  let locks: PauseLocks | null = null;
  // Before there is a directory: a freeze that is refused leaves none behind.
  const lockEarly = (): void => {
    // Who patches nothing may stand beside a run that does.
    if (!invocation.flags['read-only']) locks ??= held.lock({ url: cluster.place, realm: from, session: id, mayLook: true });
  };
  return {
    get work() {
      return opened?.work ?? null;
    },
    open: () => {
      if (opened) return opened.work;
      lockEarly();
      const store = held.keep(newSession(invocation, id));
      const work = clusterWork(cluster, store, { fingerprint: null, again: againFlags(invocation) });
      opened = { work, store };
      work.dispatch({ type: 'freeze.begun', freeze: { id: store.id, tool: VERSION, place: cluster.place, from } });
      return work;
    },
    lock: ({ server, pauses, controllers }) => {
      lockEarly();
      // Whoever comes by another --from to the same application has another lock so far.
      locks?.take(server, [...pauses.map((pause) => pause.id), ...(invocation.flags.terminate ? controllers.map(({ object }) => specOf(object)) : [])]);
    },
    directory: () => opened?.store.directory ?? '',
  };
}
