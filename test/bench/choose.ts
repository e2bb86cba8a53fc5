/**
 * Choose with 3,000 differences of a realm with 2,000 clients and 300 client scopes: the time from a key to the frame
 * that shows what it did, drawn by Ink into a virtual terminal. Run by keys.ts, bundled like the tool itself.
 */
import type { Difference, ObjectId, OrderedOwner } from '../../src/realm/model.ts';
import { initialState } from '../../src/runbook/initial.ts';
import type { RunEvent } from '../../src/runbook/model.ts';
import { evolve } from '../../src/runbook/transition.ts';
import { difference, eventsUntil } from '../ui/fixtures.ts';
import { KEY, openScreen, type Screen } from '../ui/harness.tsx';
import { scriptedHandle } from '../ui/scripted.ts';

/** How large a realm is: owners are clients and, from the 2,000th on, client scopes. */
interface Realm {
  readonly differences: number;
  readonly owners: number;
}

const LARGE: Realm = { differences: 3000, owners: 2300 };
/** What drawing costs by itself on this machine. */
const SMALL: Realm = { differences: 60, owners: 30 };

const ownerOf = (index: number) => (index < 2000 ? `client-${index}` : `scope scope-${index - 2000}`);

function changed(id: ObjectId, owner: string, name: string): Difference {
  const fields = Array.from({ length: 60 }, (_, index) => ({ path: `config.setting-${index}`, live: { flow: Array.from({ length: 40 }, (_unused, at) => `step-${at}-${index}`) }, evidence: `value ${index}` }));
  return difference(id, { owner, name, change: 'changed', suggest: 'ask', fields });
}

function differencesOf(realm: Realm): readonly Difference[] {
  return Array.from({ length: realm.differences }, (_, at) => {
    const owner = ownerOf(at % realm.owners);
    const id: ObjectId = `client-mapper:${encodeURIComponent(owner)}/mapper-${at}`;
    return at % 20 === 0 ? changed(id, owner, `mapper-${at}`) : difference(id, { owner, name: `mapper-${at}` });
  });
}

function orderOf({ owners }: Realm): readonly OrderedOwner[] {
  return Array.from({ length: owners }, (_, at) => ({ owner: ownerOf(at), after: at === 0 ? [] : [{ owner: ownerOf(Math.floor(at / 2)), reason: 'takes its tokens' }], reason: `audience of ${at} clients` }));
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Milliseconds of processor time until the screen differs from what it showed: others on the machine do not count. */
async function keyToFrame(screen: Screen, key: string): Promise<number> {
  const before = screen.visible();
  const start = process.cpuUsage();
  screen.send(key);
  await screen.waitFor(() => screen.visible() !== before);
  return spent(start);
}

function spent(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The median for each key in turn, with time between as fingers leave it: Ink draws at most 30 times a second. */
async function timed(screen: Screen, keys: readonly string[]): Promise<number> {
  const taken: number[] = [];
  for (const key of keys) {
    await pause(60);
    taken.push(await keyToFrame(screen, key));
  }
  return median(taken);
}

const times = (n: number, ...keys: readonly string[]) => Array.from({ length: n }, () => keys).flat();

const eventsOf = (realm: Realm): readonly RunEvent[] => [...eventsUntil('read'), { type: 'compare.done', differences: differencesOf(realm), order: orderOf(realm) }];

const PARTS = ['↓ among the owners', 'r for an owner', 'a for all', 'n, to the next that is open', 'd, and back', '↓ among 60 fields', 'r for a field'] as const;

/** Milliseconds for each of PARTS. */
async function keysIn(realm: Realm): Promise<readonly number[]> {
  const handle = scriptedHandle(eventsOf(realm));
  const screen = openScreen(handle, 120, 40);
  await screen.waitFor('answers missing');
  const taken: number[] = [];
  for (const keys of [times(9, KEY.down), times(9, 'r', 'k'), ['a'], times(9, 'n'), times(5, 'd', KEY.escape)]) taken.push(await timed(screen, keys));
  screen.send('d');
  for (const keys of [times(9, KEY.down), times(9, 'r')]) taken.push(await timed(screen, keys));
  handle.interrupt();
  handle.interrupt();
  await screen.closed;
  return taken;
}

export interface Row {
  readonly name: string;
  readonly milliseconds: number;
  /** The same with 60 differences, where that means something. */
  readonly small: number | null;
  readonly limit: number;
}

/** The rows of the bench. */
export async function choosing(): Promise<readonly Row[]> {
  const [small, large] = [await keysIn(SMALL), await keysIn(LARGE)];
  const base = eventsOf(LARGE).reduce(evolve, initialState());
  const clock = (work: () => unknown): number => {
    const start = process.cpuUsage();
    work();
    return spent(start);
  };
  const all: RunEvent = { type: 'choice.made', choices: Object.fromEntries(base.differences.map(({ id }) => [id, 'keep' as const])), by: 'person' };
  const each = clock(() => base.differences.reduce((state, { id }) => evolve(state, { type: 'choice.made', choices: { [id]: 'keep' }, by: 'person' }), base)) / base.differences.length;
  return [
    ...PARTS.map((name, index): Row => ({ name, milliseconds: large[index] ?? 0, small: small[index] ?? 0, limit: 50 })),
    { name: 'state: one answer for all 3,000', milliseconds: clock(() => evolve(base, all)), small: null, limit: 50 },
    { name: 'state: each of 3,000 answers', milliseconds: each, small: null, limit: 2 },
  ];
}
