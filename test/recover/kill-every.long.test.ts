import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { destroy } from '../../src/sandbox/incident/destroy.ts';
import { readRealm } from '../harness/independent.ts';
import { startKeycloak, type RealKeycloak } from '../harness/keycloak.ts';
import { startCountingProxy, type CountingProxy } from '../harness/proxy.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { confirmed, stageOn, type Story } from '../bad-input/story.ts';

const KILLER = new URL('../harness/kill-at.mjs', import.meta.url).href;

let keycloak: RealKeycloak;
let proxy: CountingProxy;
let story: Story;

beforeAll(async () => {
  keycloak = await startKeycloak({ database: 'postgres' });
  story = await stageOn({ url: keycloak.url, ...keycloak.admin }, 'kill-every');
  proxy = await startCountingProxy(keycloak.url);
});
afterAll(async () => {
  await proxy.close();
  await keycloak.stop();
});

const env = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({ KEYCLOAK_PASSWORD: story.password, ...more });

function recover(sessions: string, killAt: number): Promise<ToolRun> {
  return runTool(['recover', '--url', proxy.url, '--realm', story.realm, '--username', story.user, ...confirmed(story), '--session-dir', sessions, '--json'], { env: env({ NODE_OPTIONS: `--import=${KILLER}`, REALM_RESCUE_TEST_KILL_AT: String(killAt) }) });
}

function journalIn(sessions: string): { readonly id: string; readonly lines: number } {
  const [journal = ''] = readdirSync(sessions, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('journal.jsonl'));
  const lines = readFileSync(join(sessions, journal), 'utf8').trim().split('\n');
  return { id: (JSON.parse(lines[0] ?? '') as { event: { run: { id: string } } }).event.run.id, lines: lines.length };
}

test('killed at every line of the journal of a whole recovery, and resumed: one end state, no write sent twice', async () => {
  const wrong: string[] = [];
  let at = 1;
  for (; ; at += 1) {
    const sessions = sessionPlace();
    proxy.clear();
    const killed = await recover(sessions, at);
    const journal = journalIn(sessions);
    // Past the last line nothing is killed: that was a whole recovery, and has to have been one.
    if (killed.signal === null) {
      expect([killed.exit, journal.lines, killed.stderr]).toEqual([0, at - 1, '']);
      break;
    }
    const resumed = await runTool(['resume', journal.id, '--username', story.user, '--session-dir', sessions, '--confirm', story.realm, '--json'], { env: env() });
    const sent = proxy.writes.map((write) => `${write.method} ${write.path} ${write.body}`);
    const found = [
      ...(journal.lines === at ? [] : [`the journal had ${journal.lines} lines`]),
      ...(resumed.exit === 0 ? [] : [`resume ended with ${resumed.exit}: ${resumed.stderr}${resumed.stdout.slice(-300)}`]),
      ...(new Set(sent).size === sent.length ? [] : ['a write was sent twice']),
      ...(sameRealm((await readRealm(story.calls)).plain) ? [] : ['the realm is not as before the incident']),
    ];
    if (found.length > 0) wrong.push(`line ${at}: ${found.join('; ')}`);
    await destroy(story.calls);
  }
  console.log(`killed at ${at - 1} of ${at - 1} lines and resumed: ${at - 1 - wrong.length} of ${at - 1} end as before the incident`);
  expect(at).toBeGreaterThan(30);
  expect(wrong).toEqual([]);
}, 3_600_000);

function sameRealm(plain: Story['wanted']): boolean {
  try {
    expect(plain).toEqual(story.wanted);
    return true;
  } catch {
    return false;
  }
}
