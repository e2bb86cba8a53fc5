/** What the tool takes of the machine it runs on, with 2,000 clients and 3,000 differences. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientRepresentation, RealmRepresentation } from '../../src/realm/representation.ts';
import type { Bench } from './server.ts';
import { quantity, seconds, type Row } from './table.ts';
import { BUNDLE, scratch, tool, usageNoted, type Taken } from './tool.ts';

/** Clients that differ; each has five differences. */
const DIFFERING = 600;
const MEGABYTES = 250;
/** How long the list of differences may take to show, in milliseconds. */
const PATIENCE = 240_000;

export async function memory(bench: Bench): Promise<Row[]> {
  const { name } = await bench.realm('L');
  const target = ['--url', bench.url, '--realm', name, '--username', bench.admin.username];
  const snapshot = await tool(['snapshot', ...target, '--out', scratch]);
  const evidence = join(scratch, 'L-evidence.json');
  writeFileSync(evidence, JSON.stringify(otherwise(JSON.parse(readFileSync(snapshot.stdout.trim(), 'utf8')) as { representation: RealmRepresentation })));
  const compared = await tool(['compare', ...target, '--evidence', `snapshot:${evidence}`, '--json'], [2]);
  const { counts } = JSON.parse(compared.stdout) as { counts: { lost: number; changed: number } };
  const shown = await showDifferences([...target, '--evidence', `snapshot:${evidence}`, '--read-only']);
  const row = (what: string, taken: Pick<Taken, 'rss' | 'cpu' | 'milliseconds'>): Row => ({ what, found: taken.rss / 1e6, bound: MEGABYTES, unit: 'MB', note: `peak of the process; ${taken.cpu.toFixed(1)} s of CPU in ${seconds(taken.milliseconds)}` });
  return [
    row('memory: snapshot of L', snapshot),
    row(`memory: L compared, ${counts.lost + counts.changed} differences`, compared),
    row('memory: L captured, compared and shown on a screen', shown),
    { what: 'evidence on disk, L', found: Buffer.byteLength(readFileSync(evidence)) / 1e6, bound: null, unit: 'MB', note: `${quantity(DIFFERING * 5, '')} differences are made in it` },
  ];
}

/** Evidence that has more and other things than live: five differences for each of some clients. */
function otherwise<Snapshot extends { representation: RealmRepresentation }>(snapshot: Snapshot): Snapshot {
  const chosen = (snapshot.representation.clients ?? []).filter((client) => (client.protocolMappers?.length ?? 0) > 1 && client.redirectUris !== undefined).slice(6, 6 + DIFFERING);
  const changed = new Set(chosen);
  return { ...snapshot, representation: { ...snapshot.representation, clients: snapshot.representation.clients?.map((client) => (changed.has(client) ? withMore(client) : client)) ?? [] } };
}

function withMore(client: ClientRepresentation): ClientRepresentation {
  const [first = {}, ...rest] = client.protocolMappers ?? [];
  const gone = ['gone 1', 'gone 2'].map((name) => ({ name, protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper', config: { 'claim.name': name, 'claim.value': 'x', 'access.token.claim': 'true' } }));
  return {
    ...client,
    protocolMappers: [{ ...first, config: { ...first.config, 'lightweight.claim': 'true' } }, ...rest, ...gone],
    redirectUris: [...client['redirectUris'] as string[], 'https://gone.example.com/1', 'https://gone.example.com/2'],
  };
}

/** Runs the tool on a pseudo-terminal until the differences stand on the screen, and ends it then. */
function showDifferences(args: readonly string[]): Promise<Pick<Taken, 'rss' | 'cpu' | 'milliseconds'>> {
  const started = performance.now();
  const usage = usageNoted();
  const command = [process.execPath, BUNDLE, 'recover', ...args, '--session-dir', join(scratch, 'shown')].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qfec', command, '/dev/null'], { env: { ...process.env, ...usage.env, TERM: 'xterm-256color', CI: '', KEYCLOAK_PASSWORD: 'admin', COLUMNS: '100', LINES: '30' }, stdio: ['pipe', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    let [text, milliseconds, asked] = ['', Number.NaN, false];
    const impatient = setTimeout(() => { child.kill('SIGKILL'); }, PATIENCE);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-20_000);
      // The freeze is asked for first; Enter leaves it unsaid.
      if (!asked && text.includes('Stated:')) {
        asked = true;
        setTimeout(() => child.stdin.write('\r'), 300);
      }
      if (Number.isNaN(milliseconds) && text.includes('answers missing')) {
        milliseconds = performance.now() - started;
        setTimeout(() => child.stdin.write('\u0003'), 1500);
        setTimeout(() => child.stdin.write('\u0003'), 2500);
      }
    });
    child.on('error', reject);
    child.on('exit', () => {
      clearTimeout(impatient);
      if (Number.isNaN(milliseconds)) reject(new Error(`the differences were not shown: ${text.slice(-1500)}`));
      else resolve({ ...usage.read(), milliseconds });
    });
  });
}
