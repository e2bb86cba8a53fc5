import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { readState } from '../../src/realm/state.ts';
import type { Completeness } from '../../src/realm/model.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { settingsFamily as family } from '../harness/rich/settings.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';

const realm = 'settings-kinds';
const calls = sharedCalls(realm);
const sessions = sessionPlace();
const env = { KEYCLOAK_PASSWORD: 'admin' };
const target = (): string[] => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];
let taken = '';

const recover = (evidence: string, place: string): Promise<ToolRun> => runTool(['recover', ...target(), '--evidence', evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'restore', '--confirm', realm, '--session-dir', join(sessions, place), '--json'], { env });
const undo = (place: string): Promise<ToolRun> => runTool(['undo', 'last', '--username', sharedKeycloak().username, '--confirm', realm, '--session-dir', join(sessions, place), '--json'], { env });

async function snapshot(): Promise<string> {
  const out = mkdirSync(join(sessions, `snapshot-${Math.random()}`), { recursive: true }) ?? sessions;
  const run = await runTool(['snapshot', ...target(), '--out', out, '--json'], { env });
  expect(run.exit, run.stderr).toBe(0);
  return (JSON.parse(run.stdout) as { file: string }).file;
}

beforeAll(async () => {
  await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
  await family.build(calls);
  taken = await snapshot();
});
afterAll(() => wipeRealm(calls));

describe('every damage of the family', () => {
  const groups: readonly (readonly [string, (index: number) => boolean])[] = [['all at once', () => true], ['every other one', (index) => index % 2 === 0], ['the others', (index) => index % 2 === 1]];
  for (const [name, takes] of groups) {
    it(`${name}: is restored to equality, and taken back to equality`, async () => {
      const before = await family.read(calls);
      for (const damage of family.damages.filter((_, index) => takes(index))) await damage.apply(calls);
      const damaged = await family.read(calls);
      expect(damaged).not.toEqual(before);
      const run = await recover(`snapshot:${taken}`, name);
      expect(run.exit, `${run.stderr}${run.stdout.slice(-1500)}`).toBe(0);
      expect(summaryOf(run)).toMatchObject({ failed: 0, left: 0 });
      expect(await family.read(calls)).toEqual(before);
      const back = await undo(name);
      expect(back.exit, back.stderr).toBe(0);
      expect(await family.read(calls)).toEqual(damaged);
      expect((await recover(`snapshot:${taken}`, `${name} again`)).exit).toBe(0);
    });
  }

  it('costs one write for the realm, one a language, one for the profile and one a list', () => {
    const journal = readFileSync(join(sessions, 'all at once', readSession('all at once'), 'journal.jsonl'), 'utf8');
    const sent = journal.split('\n').filter((line) => line.includes('"write.intended"') && !line.includes('"undo":true'));
    expect(sent.map((line) => /"method":"(\w+)","path":\["?([^\]]*)\]|"path":"([^"]*)"/.exec(line)?.[0]).length).toBeLessThanOrEqual(8);
  });
});

function readSession(place: string): string {
  const text = readFileSync(join(sessions, place, 'last'), 'utf8');
  return text.trim();
}
