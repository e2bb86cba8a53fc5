/**
 * What is measured runs in a process of its own, as the tool does, and tells by a line of JSON on stdout what it took:
 * `node test/bench/child.ts WORK ARGUMENT`, where the argument is JSON. Both sides of a ratio start equally cold.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, type Dispatcher } from 'undici';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { Snapshot } from '../../src/realm/snapshot.ts';
import { readState } from '../../src/realm/state.ts';
import { openBare, type Sent } from './bare.ts';

interface Server {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

interface Work {
  readonly server: Server;
  readonly realm: string;
  /** `capture`: where to note the requests, if anywhere. `replay`: where they are noted. */
  readonly requests?: string;
  readonly width?: number;
  /** `compare`: two snapshots. */
  readonly live?: string;
  readonly evidence?: string;
}

const WORKS: Readonly<Record<string, (work: Work) => Promise<object>>> = { capture, replay, compare };

async function capture({ server, realm, requests }: Work): Promise<object> {
  const sent: Sent[] = [];
  const agent = new Agent({ connections: 8 });
  const noting = (dispatch: Dispatcher['dispatch']): Dispatcher['dispatch'] => (options, handler) => {
    const { method, path, body } = options;
    const type = (options.headers as Record<string, string> | undefined)?.['content-type'] ?? null;
    if (!path.includes('/openid-connect/')) sent.push({ method, path, body: typeof body === 'string' ? body : null, type });
    return dispatch(options, handler);
  };
  const dispatcher = requests === undefined ? {} : { dispatcher: agent.compose(noting) };
  const keycloak = openKeycloak({ ...server, realm, authRealm: 'master', clientId: 'admin-cli', userAgent: 'realm-rescue-bench', readOnly: true, ...dispatcher });
  await keycloak.connect();
  sent.splice(0);
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  let first: number | null = null;
  const captured = await keycloak.capture({ knownClients: [], onProgress: () => undefined, onBulk: () => { first ??= performance.now() - started; } });
  const milliseconds = performance.now() - started;
  const spent = process.cpuUsage(cpu);
  await keycloak.close();
  await agent.close();
  if (requests !== undefined) writeFileSync(requests, JSON.stringify(sent));
  return { milliseconds, first, requests: captured.requests, cpu: (spent.user + spent.system) / 1e6, clients: captured.snapshot.representation.clients?.length };
}

async function replay({ server, requests = '', width = 4 }: Work): Promise<object> {
  const bare = openBare(server.url, server);
  const sent = JSON.parse(readFileSync(requests, 'utf8')) as Sent[];
  const cpu = process.cpuUsage();
  const milliseconds = await bare.send(sent, width);
  const spent = process.cpuUsage(cpu);
  await bare.close();
  return { milliseconds, requests: sent.length, cpu: (spent.user + spent.system) / 1e6 };
}

/** Parses both sides and compares them: what a run does between reading and asking. */
async function compare({ live = '', evidence = '' }: Work): Promise<object> {
  const started = performance.now();
  const [a, b] = [live, evidence].map((file) => readState(JSON.parse(readFileSync(file, 'utf8')) as Snapshot));
  const differences = a && b ? compareStates(a, [b]) : [];
  return { milliseconds: performance.now() - started, differences: differences.length };
}

const [name = '', argument = '{}'] = process.argv.slice(2);
const answer = await WORKS[name]?.(JSON.parse(argument) as Work);
process.stdout.write(`${JSON.stringify({ ...answer, rss: process.resourceUsage().maxRSS * 1024 })}\n`);
