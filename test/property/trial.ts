import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Json } from '../../src/realm/json.ts';
import type { AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { readRealm, type Identity } from '../harness/independent.ts';
import type { Damage, Family } from '../harness/rich/family.ts';
import { runTool, summaryOf, type ToolRun } from '../harness/tool.ts';

export interface Server {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** A realm in which every kind of object is present, and where the tool keeps its sessions. */
export interface World {
  readonly server: Server;
  readonly calls: AdminCalls;
  readonly directory: string;
  /** What the realm is made of. */
  readonly families: readonly Family[];
  /** `kc.sh export` of the realm into a file; only where the suite started the server itself. */
  readonly exportTo?: (file: string) => Promise<void>;
}

export interface Whole {
  /** By family, without ids. */
  readonly plain: Readonly<Record<string, Json>>;
  readonly identity: Identity;
}

/** The whole realm as somebody reads it who has never seen the tool. */
export async function readWhole({ calls, families }: World): Promise<Whole> {
  const plain: Record<string, Json> = {};
  for (const family of families) plain[family.name] = await family.read(calls);
  return { plain, identity: (await readRealm(calls)).identity };
}

/** Some of the damages that are possible: the same seed gives the same ones in the same order. */
export function damagesOf(seed: number, families: readonly Family[], possible: (damage: Damage, family: Family) => boolean, most = 14): readonly Damage[] {
  const all = families.flatMap((family) => family.damages.filter((damage) => possible(damage, family)));
  return fc.sample(fc.shuffledSubarray([...all], { minLength: Math.min(4, all.length), maxLength: Math.min(most, all.length) }), { seed, numRuns: 1 })[0] ?? [];
}

const at = ({ server, calls }: World): string[] => ['--url', server.url, '--realm', calls.realm, '--username', server.username];
const env = ({ server }: World) => ({ env: { KEYCLOAK_PASSWORD: server.password } });

/** The live realm to a file in a directory of that name, by the tool. */
export async function snapshot(world: World, name: string): Promise<string> {
  const run = await runTool(['snapshot', ...at(world), '--out', join(world.directory, name)], env(world));
  if (run.exit !== 0) throw new Error(`snapshot ended with ${run.exit}: ${run.stderr}`);
  return `snapshot:${run.stdout.trim()}`;
}

export interface Recovered {
  readonly run: ToolRun;
  readonly summary: Record<string, unknown>;
  readonly session: string;
  /** The writes in the order in which they were sent. */
  readonly writes: readonly string[];
  readonly account: { readonly ok: boolean; readonly notes: readonly string[] } | null;
  /** What was refused, with its reason. */
  readonly refused: readonly { readonly id: string; readonly because: string }[];
}

interface Event {
  readonly type: string;
  readonly method?: string;
  readonly path?: string;
  readonly account?: Recovered['account'];
  readonly plan?: { readonly refused: Recovered['refused'] };
}

/** A headless run that restores everything, live-only included; claims that cannot be shown are accepted, which exit 4 tells. */
export async function recover(world: World, evidence: readonly string[], flags: readonly string[] = []): Promise<Recovered> {
  const sessions = join(world.directory, 'sessions');
  mkdirSync(sessions, { recursive: true });
  const run = await runTool([
    'recover', ...at(world), ...evidence.flatMap((spec) => ['--evidence', spec]), '--lost', 'restore', '--changed', 'restore', '--live-only', 'restore',
    '--confirm', world.calls.realm, '--session-dir', sessions, '--accept-unproven', 'a property test', '--json', ...flags,
  ], env(world));
  const summary = summaryOf(run);
  const { session } = summary;
  if (typeof session !== 'string' || session === '') throw new Error(`the run recorded nothing: exit ${run.exit}: ${run.stderr}`);
  const lines = readFileSync(join(sessions, session, 'journal.jsonl'), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { event: Event }).event);
  return {
    run, summary, session,
    writes: lines.flatMap((event) => (event.type === 'write.intended' ? [`${event.method} ${event.path}`] : [])),
    account: lines.findLast((event) => event.account !== undefined)?.account ?? null,
    refused: lines.findLast((event) => event.plan !== undefined)?.plan?.refused ?? [],
  };
}

/** The recorded run goes on, as after it was taken back. */
export async function resume(world: World, session: string): Promise<ToolRun> {
  return runTool(['resume', session, '--username', world.server.username, '--confirm', world.calls.realm, '--session-dir', join(world.directory, 'sessions'), '--json'], env(world));
}

export async function undo(world: World, session: string): Promise<ToolRun> {
  return runTool(['undo', session, '--username', world.server.username, '--confirm', world.calls.realm, '--delete-clients', '--session-dir', join(world.directory, 'sessions'), '--json'], env(world));
}
