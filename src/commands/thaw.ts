import { findSession } from '../journal/sessions.ts';
import { openClusterPort } from '../kubernetes/cluster.ts';
import { EXIT, RescueError, type ExitCode } from '../realm/errors.ts';
import { controllerWord } from '../runbook/next.ts';
import { count } from '../runbook/lines.ts';
import { place, withoutOwn } from '../runbook/cluster.ts';
import { heldPauses, isPausedBy, objectKey, restartable, resumedPauses } from '../runbook/cluster-state.ts';
import type { ClusterPatch, ClusterSight, SeenController } from '../runbook/cluster.ts';
import { restart } from '../runner/cluster-pods.ts';
import { thaw } from '../runner/cluster-thaw.ts';
import { leaveToOthers, lookAfter, resumeAll, type ClusterWork } from '../runner/cluster-work.ts';
import type { Cluster, Prepared } from '../runner/cluster.ts';
import { sanitise } from '../ui/text.ts';
import { VERSION } from '../version.ts';
import { checkFrom, clusterTarget } from './cluster-target.ts';
import { announcedLines, levelLine } from './cluster-text.ts';
import { clusterWork } from './cluster-work.ts';
import { frozenRecord, recordsOf, type FrozenRecord } from './frozen-records.ts';
import { captureOnce } from './live.ts';
import { printJson } from './out.ts';
import { holdings, type Holdings } from './locks.ts';
import { againFlags, freshId, newSession, openRecorded, sessionDirectory, sessionFlag } from './session.ts';
import { refuseReadOnly } from './read-only.ts';
import { asPatch } from '../runbook/found-pauses.ts';
import { catchSignals } from './signals.ts';
import type { CommandRun, Invocation } from './table.ts';
import { resolveTarget } from './target.ts';
import { thisTerminal } from './terminal.ts';
import { isSaid, typedWord } from './typed-word.ts';

/** Lets the writer run again exactly as it was before the freeze, and watches that its next sync is nothing. */
export const run: CommandRun = async (invocation) => {
  const { flags } = invocation;
  refuseReadOnly(invocation, 'thaw');
  if (invocation.words[0] !== undefined && flags.from !== undefined) throw new RescueError('usage', 'A thaw takes a record or --from, and not both: a record says itself what it has paused.', ['Leave one of them out.']);
  const directory = sessionDirectory(invocation);
  const named = invocation.words[0] === undefined ? null : frozenRecord(directory, findSession(directory, invocation.words[0], [({ frozen, unjudged }) => frozen.length > 0 || unjudged, ({ hasPaused }) => hasPaused]).id);
  const from = flags.from ?? named?.state.sight?.source;
  if (from === undefined) throw new RescueError('usage', named === null ? 'Nothing is named to thaw.' : `Record ${named.id} has paused nothing.`, ['Name a record (see realm-rescue sessions), or give --from as for freeze.']);
  await checkFrom(from);
  const context = flags.context ?? named?.state.sight?.context;
  const cluster = openClusterPort(clusterTarget({ ...invocation, flags: { ...flags, ...(context === undefined || context === 'in-cluster' ? {} : { context }) } }));
  const signals = catchSignals({ title: 'Left. The writer may run, and nobody has judged its sync.', next: [`What is paused, and what has to be judged: realm-rescue sessions${sessionFlag(invocation)}`, 'To go on: the same thaw again; it judges by what was there before.'] });
  const holding = holdings(directory);
  try {
    return await Promise.race([signals.left, thawFrom(invocation, cluster, { named, from, directory, holding })]);
  } finally {
    await holding.leave(cluster);
    signals.release();
  }
};

interface ThawRequest {
  readonly named: FrozenRecord | null;
  readonly from: string;
  readonly directory: string;
  readonly holding: Holdings;
}

async function thawFrom(invocation: Invocation, cluster: Cluster, { named, from, directory, holding }: ThawRequest): Promise<ExitCode> {
  const { flags } = invocation;
  const say = (line: string): void => { if (!flags.json) process.stderr.write(`${sanitise(line)}\n`); };
  const sight = await lookFor(cluster, { from, named, say });
  if (named?.state.sight && named.state.sight.server !== sight.server) throw new RescueError('usage', `Record ${named.id} is of the cluster at ${named.state.sight.server}, and this is ${sight.server}.`, ['Name the right one with --context.']);
  const record = named ?? await stillHolding(cluster, recordsOf(directory, sight));
  const known = record === null ? await fromObjects(cluster, sight) : [];
  if (record === null && known.length === 0) {
    say(`Nothing of ${from} is paused by realm-rescue${sight.controllers.length === 0 ? '' : `: ${sight.controllers.map(({ title, object, automation }) => `${title} ${place(object)} is ${automation}`).join(', ')}`}.`);
    if (flags.json) printJson({ schema: 'realm-rescue/thaw/v1', session: null, resumed: [], levels: [], changes: [], heldByOthers: [], ok: true }, 2);
    return EXIT.done;
  }
  const id = record?.id ?? freshId(invocation);
  const locks = holding.lock({ url: record?.run?.url ?? cluster.place, realm: record?.run?.realm ?? record?.freeze?.from ?? from, session: id });
  const paused = record === null ? known : [...heldPauses(record.state), ...resumedPauses(record.state)];
  locks.take(sight.server, paused.map((patch) => patch.id));
  const store = holding.keep(record === null ? newSession(invocation, id) : openRecorded(directory, id));
  const realm = await realmOf(invocation, record);
  const work = clusterWork(cluster, store, { fingerprint: realm?.fingerprint ?? null, patched: record?.patched ?? false, again: againFlags(invocation) });
  if (record === null) store.append({ type: 'freeze.begun', freeze: { id: store.id, tool: VERSION, place: cluster.place, from } });
  try {
    return await thawRecord(invocation, work, { sight, known, accounted: record?.accounted ?? null, say });
  } finally {
    await realm?.close();
  }
}

/** The newest record that still has a pause of its own: one may have been taken back, and made anew by another record. */
async function stillHolding(cluster: Cluster, records: readonly FrozenRecord[]): Promise<FrozenRecord | null> {
  for (const record of records.toReversed()) {
    const found = await Promise.all(heldPauses(record.state).map((patch) => cluster.prepareResume(patch)));
    if (found.some((one) => !('heldBy' in one))) return record;
  }
  return null;
}

/** What carried the realm may be gone, or say no more who applies it: what was seen at the freeze is enough to let that run again. */
async function lookFor(cluster: Cluster, { from, named, say }: Pick<ThawRequest, 'from' | 'named'> & { readonly say: (line: string) => void }): Promise<ClusterSight> {
  const recorded = named?.state.sight;
  try {
    const sight = await cluster.look(from, (text) => say(`  ${text}`));
    return sight.controllers.length === 0 && recorded?.server === sight.server ? recorded : sight;
  } catch (error) {
    if (error instanceof RescueError && error.code === 'object-not-found' && recorded && cluster.place.endsWith(`(${recorded.server})`)) return recorded;
    throw error;
  }
}

/** What was paused is watched, also where nothing leads to it any more: a release that takes its values from elsewhere by now. */
function withHeld(sight: ClusterSight, held: readonly ClusterPatch[], recorded: ClusterSight | null): ClusterSight {
  const lost = (recorded?.controllers ?? []).filter(({ object }) => isPausedBy(held, object) && !sight.controllers.some((seen) => objectKey(seen.object) === objectKey(object)));
  const of = (role: SeenController['role']) => [...sight.controllers, ...lost].filter((controller) => controller.role === role);
  return { ...sight, controllers: [...of('applies'), ...of('owner')] };
}

async function thawRecord(invocation: Invocation, work: ClusterWork, { sight: fresh, known, accounted, say }: { readonly sight: ClusterSight; readonly known: readonly ClusterPatch[]; readonly accounted: string | null; readonly say: (line: string) => void }): Promise<ExitCode> {
  const { flags } = invocation;
  const recorded = work.state().sight;
  if (known.length > 0) work.dispatch({ type: 'cluster.seen', sight: withoutOwn(fresh, known) });
  for (const patch of known) {
    work.dispatch({ type: 'patch.intended', patch });
    work.dispatch({ type: 'patch.sent', id: patch.id, resourceVersion: '', found: 'look' });
  }
  await lookAfter(work);
  const left = await leaveToOthers(work, true);
  for (const { because } of left) say(`${because}.`);
  const print = (result: object): void => { if (flags.json) printJson({ schema: 'realm-rescue/thaw/v1', session: work.store.id, resumed: [], levels: [], changes: [], heldByOthers: left.filter(({ heldBy }) => heldBy !== null), ...result }, 2); };
  const held = heldPauses(work.state());
  const sight = withoutOwn(withHeld(fresh, held, recorded), held);
  const { gone, marked, toRun } = await sorted(work, held);
  const toSend = toRun.length + marked.length;
  for (const { object } of gone) say(`${object.resource.kind} ${place(object)} is gone, and its pause with it.`);
  for (const { object } of marked) say(`PATCH  only our mark off ${object.resource.kind} ${place(object)}: somebody has let it run again already.`);
  for (const patch of toRun) say(`PATCH  ${patch.field.join('.')} of ${patch.object.resource.kind} ${place(patch.object)} as it was before the pause: ${JSON.stringify(patch.means === 'deny-window' ? 'without our deny window' : patch.previous)}`);
  const { awaited } = work.state();
  if (held.length === 0 && awaited?.begun !== true) {
    say(`Nothing is paused by record ${work.store.id} any more.`);
    print({ ok: true });
    return EXIT.done;
  }
  if (flags.restart && work.fingerprint === null) throw new RescueError('usage', '--restart compares the realm before and after, and no Keycloak is named.', ['Give --url and --realm, with a login.']);
  if (held.length === 0) say('An earlier thaw was cut off: what its sync did is looked at now.');
  const word = controllerWord(sight);
  const changed = toRun.length > 0 && accounted !== null && work.fingerprint !== null && (await work.fingerprint()) !== accounted ? `the realm is not as run ${work.store.id} left it` : null;
  const careful = changed && `CAREFUL: ${changed}. Somebody has edited it, or it was overwritten: look before anything runs, with realm-rescue compare.`;
  // With --json as well: a document comes when it is over.
  if (careful !== null) process.stderr.write(`${sanitise(careful)}\n`);
  const what = toRun.length > 0 ? `${count(toRun.length, 'object')} would run again` : `our mark would be taken off ${count(toSend, 'object')}`;
  const asking = { terminal: thisTerminal(invocation), word, given: flags.confirm, what: `${what}${changed === null ? '' : `, although ${changed}`}` };
  // A wish that a controller look at git is a write as well.
  const said = toSend > 0 && isSaid(asking);
  const before = flags['no-watch'] || toSend === 0 ? null : await work.cluster[said ? 'before' : 'glance'](sight, (controller) => isPausedBy(held, controller));
  for (const line of before === null ? [] : announcedLines(before, (controller) => isPausedBy(held, controller))) say(line);
  if (toSend > 0) await typedWord({ ...asking, ask: `Type ${word} to ${toRun.length > 0 ? 'let it run again' : 'take it off'}` });
  const by = flags.confirm === undefined ? 'person' : 'flag';
  work.dispatch({ type: 'thaw.begun', tool: VERSION, by });
  work.dispatch({ type: 'cluster.seen', sight });
  work.dispatch({ type: 'resume.answered', resume: true, by });
  if (flags['no-watch']) {
    await resumeAll(work, held);
    if (toRun.length > 0) say('It runs again; its next sync was not watched.');
    print({ resumed: toRun.map(({ object }) => object), ok: null, careful });
    return EXIT.done;
  }
  let ok = await thaw(work, sight, before);
  const { watched } = work.state();
  for (const level of watched?.levels ?? []) say(levelLine(level));
  for (const change of watched?.changes ?? []) say(`    ${change}`);
  if (ok && flags.restart) {
    ok = await restart(work, restartable(work.state()));
    const { restarted } = work.state();
    if (restarted) say(`${levelLine(restarted)} after a restart of the pods`);
  }
  if (!ok) say(notProven(work, toSend === 0 && held.length > 0, againFlags(invocation)));
  print({ resumed: ok ? toRun.map(({ object }) => object) : [], ...watched, ok, careful });
  return ok ? EXIT.done : EXIT.notProven;
}

/** What a thaw finds of the pauses that the record holds: what is gone, what runs again and only has our mark, and what is to run again. */
async function sorted(work: ClusterWork, held: readonly ClusterPatch[]): Promise<Readonly<Record<'gone' | 'marked' | 'toRun', readonly ClusterPatch[]>>> {
  const found = await Promise.all(held.map(async (patch) => ({ patch, found: await work.cluster.prepareResume(patch) })));
  const of = (fits: (prepared: Prepared) => boolean): readonly ClusterPatch[] => found.filter((one) => fits(one.found)).map(({ patch }) => patch);
  const isMark = (prepared: Prepared): boolean => 'patch' in prepared && JSON.stringify(prepared.patch.previous) === JSON.stringify(prepared.patch.value);
  return { gone: of((prepared) => 'gone' in prepared), marked: of(isMark), toRun: of((prepared) => !('gone' in prepared) && !isMark(prepared)) };
}

/** Why a thaw is not done, and whether the writer is paused again: what is gone is not. */
function notProven({ state, store }: ClusterWork, isGone: boolean, flag: string): string {
  const { watched, restarted } = state();
  const judged = restarted !== null || watched?.levels.some(({ noOp }) => noOp !== null) === true;
  return `${judged ? 'NOT A NO-OP' : 'NOT PROVEN, at no level could anything be looked at'}: ${isGone ? 'what was paused is gone.' : `the writer is paused again. When that is mended: realm-rescue thaw ${store.id}${flag}`}`;
}

/** Pauses that only the objects themselves remember: the machine that froze them is another one, or its disk is gone. */
async function fromObjects(cluster: Cluster, sight: ClusterSight): Promise<readonly ClusterPatch[]> {
  const marked = await Promise.all(sight.controllers.map(({ object }) => cluster.frozen(object)));
  const windows = await Promise.all(sight.pauses.filter(({ means }) => means === 'deny-window').map(async (pause): Promise<ClusterPatch | null> => {
    const patch = asPatch(pause);
    return (await cluster.check([patch])).some(({ holds }) => holds) ? patch : null;
  }));
  // Owners were paused first, and run again last.
  return [...marked.toReversed().flatMap((found) => found?.patch ?? []), ...windows.flatMap((patch) => patch ?? [])];
}

/** The realm level: where a Keycloak is named, and always for a recovery, whose record names it. Done means proven. */
async function realmOf(invocation: Invocation, record: FrozenRecord | null): Promise<{ readonly fingerprint: () => Promise<string>; readonly close: () => Promise<void> } | null> {
  const { flags, environment } = invocation;
  const realm = flags.realm ?? environment['KEYCLOAK_REALM'];
  const named = flags.url !== undefined || environment['KEYCLOAK_URL'] !== undefined || realm !== undefined || (record?.run ?? null) !== null;
  if (!named || flags['no-watch']) return null;
  const target = await resolveTarget(invocation, thisTerminal(invocation), record?.run ?? undefined);
  const { openKeycloak } = await import('../keycloak/keycloak.ts');
  const keycloak = openKeycloak({ ...target, readOnly: true });
  return { fingerprint: async () => (await captureOnce(keycloak)).fingerprint, close: () => keycloak.close() };
}
