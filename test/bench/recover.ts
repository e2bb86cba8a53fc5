/** A whole headless recovery of 200 clients, against the sum of its parts and against the scripts that people write. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/realm/json.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { openBare, type Bare, type Sent } from './bare.ts';
import type { Measured } from './capture.ts';
import { planIncident, type Incident } from './incident.ts';
import { startRecordingProxy } from './recording-proxy.ts';
import { mark, say, type Bench } from './server.ts';
import { quantity, seconds, type Row } from './table.ts';
import { BUNDLE, child, median, run, scratch, tool, type Taken } from './tool.ts';

const ROUNDS = 4;
const WIDTH = 4;
const BASH_SECONDS = 400;
/** Ended, proven or not: what nobody in the realm can show stays unproven. */
const ENDED = [0, 4];

interface Stage {
  readonly bench: Bench;
  readonly name: string;
  readonly incident: Incident;
  /** A snapshot of the good realm, and the same as a realm file. */
  readonly evidence: string;
  readonly file: string;
}

export async function recover(bench: Bench): Promise<Row[]> {
  const realm = await bench.realm('M');
  const { name, calls } = realm;
  const incident = await planIncident(realm);
  await mark(realm, 'damaged');
  const target = ['--url', bench.url, '--realm', name, '--username', bench.admin.username];
  const { stdout } = await tool(['snapshot', ...target, '--out', scratch]);
  const evidence = stdout.trim();
  const file = join(scratch, 'M.json');
  writeFileSync(file, JSON.stringify((JSON.parse(readFileSync(evidence, 'utf8')) as { representation: object }).representation));
  const stage: Stage = { bench, name, incident, evidence, file };
  await incident.destroy();
  const compared = await tool(['compare', ...target, '--evidence', `snapshot:${evidence}`, '--json'], [2]);
  const { counts } = JSON.parse(compared.stdout) as { counts: { lost: number; changed: number; liveOnly: number } };
  const { tool: recorded, writes } = await record(stage);
  const user = await must(calls, 'GET', '/users?username=user0000&exact=true') as readonly JsonObject[];
  const bare = openBare(bench.url, bench.admin);
  const times = await measure(stage, { bare, writes, user: String(user[0]?.['id']) });
  await bare.close();
  // The next bench finds it whole again.
  await tool(recovery(stage, bench.url), ENDED);
  await mark(realm, 'loaded');
  const strange = writes.filter(({ path }) => !path.split(/[/?]/).some((part) => incident.touched.has(part)) && !path.endsWith('/client-scopes'));
  return [
    { what: 'recovery of 6 clients, M, headless', found: median(times.whole) / median(times.parts), bound: 1.5, unit: 'x', note: `${seconds(median(times.whole))} against ${seconds(median(times.parts))}, the sum of its parts done bare: ${times.detail}; medians of ${ROUNDS}` },
    { what: 'the same with a start that loads no Ink', found: median(times.whole) / median(times.without), bound: null, unit: 'x', note: 'with `--help` in the place of the start: a headless run loads no Ink either' },
    ...(times.bash === null ? [] : [{ what: 'the same by bash, curl and jq', found: times.bash / median(times.whole), bound: null, unit: 'x' as const, note: `${times.bash >= BASH_SECONDS * 1000 ? 'stopped after ' : ''}${seconds(times.bash)}; looks at four kinds, captures, proves and compares nothing` }]),
    { what: 'the same by a sequential admin-client script', found: median(times.script) / median(times.whole), bound: null, unit: 'x', note: `${seconds(median(times.script))}; the same narrow job` },
    { what: `writes for ${counts.lost} lost objects`, found: writes.length, bound: counts.lost, unit: 'requests', note: 'counted by a proxy before the server' },
    { what: 'writes to objects that lost nothing', found: strange.length, bound: 0, unit: 'requests', note: strange.slice(0, 3).map(({ method, path }) => `${method} ${path}`).join(', ') || 'none' },
    { what: 'CPU and memory of the recovery, M', found: recorded.cpu, bound: null, unit: 's', note: `peak ${quantity(recorded.rss / 1e6, 'MB')}` },
  ];
}

function recovery({ name, evidence }: Stage, url: string): string[] {
  return ['recover', '--url', url, '--realm', name, '--username', 'admin', '--evidence', `snapshot:${evidence}`, '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', '--frozen', 'by the bench', '--confirm', name, '--accept-unproven', 'a bench', '--session-dir', join(scratch, 'sessions'), '--json'];
}

/** One recovery through the proxy: which writes there are. */
async function record(stage: Stage): Promise<{ readonly tool: Taken; readonly writes: readonly Sent[] }> {
  const proxy = await startRecordingProxy(stage.bench.url);
  const taken = await tool(recovery(stage, proxy.url), ENDED);
  await proxy.close();
  const { left, restored } = JSON.parse(taken.stdout.trim().split('\n').at(-1) ?? '') as { left: number; restored: number };
  if (restored === 0 || left > 0) throw new Error(`the recovery restored ${restored} and left ${left}: ${taken.stderr}`);
  return { tool: taken, writes: proxy.sent.filter(({ method, path }) => method !== 'GET' && path.startsWith('/admin/') && !/partial-export|clear-(realm|user)-cache/.test(path)) };
}

interface Times {
  readonly whole: number[];
  readonly parts: number[];
  /** The parts with a start that loads no Ink. */
  readonly without: number[];
  readonly script: number[];
  readonly bash: number | null;
  /** The parts of the last round. */
  readonly detail: string;
}

async function measure(stage: Stage, { bare, writes, user }: { readonly bare: Bare; readonly writes: readonly Sent[]; readonly user: string }): Promise<Times> {
  const { bench, name, incident, evidence, file } = stage;
  const work = { server: { url: bench.url, ...bench.admin }, realm: name };
  const [whole, parts, without, script]: [number[], number[], number[], number[]] = [[], [], [], []];
  const hello = await buildHello();
  let detail = '';
  const noted = async (state: string): Promise<string> => {
    const requests = join(scratch, `capture-M-${state}.json`);
    await child<Measured>('capture', { ...work, requests });
    return requests;
  };
  const restored = await noted('restored');
  await incident.destroy();
  const damaged = await noted('damaged');
  const live = join(scratch, 'M-damaged.json');
  writeFileSync(live, readFileSync((await tool(['snapshot', '--url', bench.url, '--realm', name, '--username', 'admin', '--out', scratch])).stdout.trim()));
  const replay = async (requests: string): Promise<number> => (await child<Measured>('replay', { ...work, requests, width: WIDTH })).milliseconds;
  const inParts = async (): Promise<void> => {
    // The parts come in the order of the run, so that each finds the server's caches as the run does: cooled by the incident, warmed by the part before.
    const begin = await hello();
    const help = (await run(process.execPath, [BUNDLE, '--help'])).milliseconds;
    const first = await replay(damaged);
    const compare = (await child<Measured>('compare', { live, evidence })).milliseconds;
    const written = await inWaves(bare, writes);
    const proven = await bare.send(incident.clients.map((id) => get(name, `/clients/${id}/evaluate-scopes/generate-example-access-token?scope=openid&userId=${user}`)), WIDTH);
    const readBack = await bare.send(writes.map(({ path }) => get(name, path.replace(/^\/admin\/realms\/[^/]+(\/[^/?]+(?:\/[^/?]+)?).*$/, '$1'))), WIDTH);
    const second = await replay(restored);
    parts.push(begin + first + compare + written + proven + readBack + second);
    without.push(help + first + compare + written + proven + readBack + second);
    detail = [['start', begin], ['capture', first], ['compare', compare], [`${writes.length} writes`, written], ['prove', proven], ['read back', readBack], ['capture', second]].map(([part, took]) => `${String(part)} ${Number(took).toFixed(0)}`).join(', ') + ' ms';
  };
  // Without what tells the use of CPU and memory: that is loaded into the process and takes its time.
  const inOne = async (): Promise<void> => void whole.push((await run(process.execPath, [BUNDLE, ...recovery(stage, bench.url)], { env: { KEYCLOAK_PASSWORD: bench.admin.password }, fine: ENDED })).milliseconds);
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each goes first in turn: what comes second finds a warmer server.
    for (const side of round % 2 === 0 ? [inOne, inParts] : [inParts, inOne]) {
      await side();
      await incident.destroy();
    }
    script.push((await run(process.execPath, [fileURLToPath(new URL('script.ts', import.meta.url)), bench.url, name, file])).milliseconds);
    await incident.destroy();
  }
  return { whole, parts, without, script, bash: await byBash(stage), detail };
}

/** The row `start` of baselines.md 7: the smallest program on Ink, bundled as the tool is, with a warm compile cache. Gives its wall time in milliseconds. */
async function buildHello(): Promise<() => Promise<number>> {
  const directory = join(scratch, 'hello');
  await run(process.execPath, [fileURLToPath(new URL('hello/bundle.mjs', import.meta.url)), directory]);
  const hello = async (): Promise<number> => (await run(process.execPath, [join(directory, 'hello.js')], { env: { HELLO_CACHE: join(scratch, 'hello-cache') } })).milliseconds;
  await hello();
  return hello;
}

/** Client scopes first, because links name them; then everything else. */
async function inWaves(bare: Bare, writes: readonly Sent[]): Promise<number> {
  const isScope = ({ path }: Sent): boolean => path.endsWith('/client-scopes');
  return await bare.send(writes.filter(isScope), WIDTH) + await bare.send(writes.filter((write) => !isScope(write)), WIDTH);
}

function get(realm: string, path: string): Sent {
  return { method: 'GET', path: `/admin/realms/${realm}${path}`, body: null, type: null };
}

async function byBash({ bench, name, file }: Stage): Promise<number | null> {
  try {
    await Promise.all([run('jq', ['--version']), run('curl', ['--version'])]);
  } catch {
    say('  curl or jq is not installed: the published way is left out');
    return null;
  }
  // On a busy machine its thousands of processes take minutes; what is left undone then does not matter here.
  return (await run('timeout', [String(BASH_SECONDS), 'bash', fileURLToPath(new URL('story.sh', import.meta.url)), bench.url, name, file], { fine: [0, 124] })).milliseconds;
}
