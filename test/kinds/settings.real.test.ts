import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { readState } from '../../src/realm/state.ts';
import type { Completeness } from '../../src/realm/model.ts';
import { must } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { settings as family } from '../harness/rich/settings.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';

const realm = 'settings-kinds';
const calls = sharedCalls(realm);
const sessions = sessionPlace();
const env = { KEYCLOAK_PASSWORD: 'admin' };
const target = (): string[] => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];
let taken = '';
const runs = new Map<string, ToolRun>();

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
  const groups: readonly (readonly [string, (index: number, name: string) => boolean])[] = [
    ['all at once', () => true], ['every other one', (index) => index % 2 === 0], ['the others', (index) => index % 2 === 1], ['one that resets nothing by the way', (_, name) => name.startsWith('theme set')],
  ];
  for (const [name, takes] of groups) {
    it(`${name}: is restored to equality, and taken back to equality`, async () => {
      const before = await family.read(calls);
      for (const damage of family.damages.filter((each, index) => takes(index, each.name))) await damage.apply(calls);
      const damaged = await family.read(calls);
      expect(damaged).not.toEqual(before);
      const run = await recover(`snapshot:${taken}`, name);
      runs.set(name, run);
      expect(run.exit, `${run.stderr}${run.stdout.slice(-1500)}`).toBe(0);
      expect(summaryOf(run)).toMatchObject({ failed: 0, left: 0 });
      expect(await family.read(calls)).toEqual(before);
      const back = await undo(name);
      expect(back.exit, back.stderr).toBe(0);
      expect(await family.read(calls)).toEqual(damaged);
      expect((await recover(`snapshot:${taken}`, `${name} again`)).exit).toBe(0);
    });
  }

  it('costs one write for the realm, one a language, one for the profile and at most three for the policies', () => {
    const { session } = summaryOf(runs.get('all at once') as ToolRun) as { session: string };
    const sent = readFileSync(join(sessions, 'all at once', session, 'journal.jsonl'), 'utf8').split('\n').filter((line) => line.includes('"type":"write.intended"') && line.includes('"undo":false'));
    const paths = sent.map((line) => / *"path":("[^"]*")/.exec(line)?.[1]);
    expect(paths.filter((path) => path === `"/admin/realms/${realm}"`)).toHaveLength(1);
    expect(paths).toHaveLength(8);
  });
});

/** The objects of the family in normal form, by id. */
function normal(representation: unknown, completeness: Completeness): Json {
  const kinds = new Set(['realm-setting', 'localization', 'user-profile', 'client-policy']);
  const { objects } = readState({ realm, source: 'x', completeness, representation: representation as never });
  return Object.fromEntries([...objects.values()].filter(({ kind }) => kinds.has(kind)).map(({ id, value }) => [id, value]));
}

describe('the normal form', () => {
  it('is the same from a capture, a partial export and a full one, which has the mail password in clear', async () => {
    await must(calls, 'PUT', '', { ...await carried(), smtpServer: { host: 'h', from: 'a@example.org', auth: 'true', user: 'u', password: 'Mail-Secret-1' } });
    const captured = JSON.parse(readFileSync(await snapshot(), 'utf8')) as { representation: JsonObject };
    const partial = (await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true')) as JsonObject;
    const full = { ...partial, smtpServer: { ...(partial['smtpServer'] as JsonObject), password: 'Mail-Secret-1' } };
    expect(normal(captured.representation, 'full')).toEqual(normal(partial, 'partial'));
    expect(normal(full, 'full')).toEqual(normal(partial, 'partial'));
  });
});

/** What every PUT of the realm resets when it is left out. */
async function carried(): Promise<JsonObject> {
  const live = (await must(calls, 'GET', '')) as JsonObject;
  return { attributes: live['attributes'] ?? {}, oauth2DeviceCodeLifespan: live['oauth2DeviceCodeLifespan'] ?? 600, oauth2DevicePollingInterval: live['oauth2DevicePollingInterval'] ?? 5 };
}

describe('a mail password', () => {
  const export_ = async (password: string): Promise<string> => {
    const realmFile = (await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true')) as JsonObject;
    const file = join(sessions, `full-${password.length}.json`);
    writeFileSync(file, JSON.stringify({ ...realmFile, smtpServer: { ...(realmFile['smtpServer'] as JsonObject), password } }), { mode: 0o600 });
    return file;
  };

  it('that evidence has in clear goes along when the host is changed back, and stays out of every record', async () => {
    const evidence = await export_('Mail-Secret-1');
    const mail = (await must(calls, 'GET', '')) as { smtpServer: JsonObject };
    await must(calls, 'PUT', '', { ...await carried(), smtpServer: { ...mail.smtpServer, host: 'wrong', password: '**********' } });
    const run = await recover(evidence, 'mail');
    expect(run.exit, run.stderr).toBe(0);
    const after = (await must(calls, 'GET', '')) as { smtpServer: JsonObject };
    expect(after.smtpServer).toMatchObject({ host: 'h', password: '**********' });
    const { session } = summaryOf(run) as { session: string };
    expect(readFileSync(join(sessions, 'mail', session, 'journal.jsonl'), 'utf8') + run.stdout).not.toContain('Mail-Secret-1');
    const back = await undo('mail');
    expect(back.exit, back.stderr).toBe(0);
    expect(((await must(calls, 'GET', '')) as { smtpServer: JsonObject }).smtpServer).toMatchObject({ host: 'wrong', password: '**********' });
  });

  it('that nobody knows stops a change of the host, and says so; nothing is erased', async () => {
    const evidence = await export_('**********');
    const realmFile = JSON.parse(readFileSync(evidence, 'utf8')) as JsonObject;
    writeFileSync(evidence, JSON.stringify({ ...realmFile, smtpServer: { ...(realmFile['smtpServer'] as JsonObject), host: 'h' } }));
    const run = await recover(evidence, 'blind');
    expect(run.exit).not.toBe(0);
    expect(run.stdout).toContain('shows smtpServer password masked');
    expect(((await must(calls, 'GET', '')) as { smtpServer: JsonObject }).smtpServer).toMatchObject({ host: 'wrong', password: '**********' });
  });

  it('goes with mail settings that nobody wants, in a PUT of their own that cannot be taken back', async () => {
    const run = await recover(`snapshot:${taken}`, 'gone');
    expect(run.exit, `${run.stderr}${run.stdout.slice(-800)}`).toBe(0);
    expect(((await must(calls, 'GET', '')) as { smtpServer: JsonObject }).smtpServer).toEqual({ fromDisplayName: 'SSO', from: 'sso@example.org', port: '2525', host: 'mail.example.org', starttls: 'true' });
  });
});

describe('a file that a person wrote', () => {
  it('changes what it states and nothing else', async () => {
    const before = (await family.read(calls)) as { settings: JsonObject; texts: JsonObject };
    const file = join(sessions, 'written.json');
    writeFileSync(file, JSON.stringify({ realm, accessTokenLifespan: '120', rememberMe: true, attributes: { 'corp.tier': 'gold', extra: '1' }, localizationTexts: { de: { greeting: 'Moin' } }, clientPolicies: { policies: [] } }));
    const compared = await runTool(['compare', ...target(), '--evidence', file, '--json'], { env });
    const { differences } = JSON.parse(compared.stdout) as { differences: { id: string; change: string }[] };
    expect(differences.map(({ id, change }) => `${change} ${id}`).filter((line) => /realm-setting|localization|user-profile|client-policy/.test(line))).toEqual([
      'changed realm-setting:accessTokenLifespan', 'live-only realm-setting:attributes/acr.loa.map', 'live-only realm-setting:attributes/adminEventsExpiration', 'live-only realm-setting:attributes/cibaExpiresIn',
      'lost realm-setting:attributes/extra', 'live-only realm-setting:attributes/frontendUrl', 'live-only realm-setting:attributes/parRequestUriLifespan', 'changed realm-setting:rememberMe',
      'live-only localization:de/corp%2Fslash', 'changed localization:de/greeting', 'live-only localization:de/loginTitle', 'live-only client-policy:policy/by-role', 'live-only client-policy:policy/idle',
    ]);
    const run = await runTool(['recover', ...target(), '--evidence', file, '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', '--confirm', realm, '--session-dir', join(sessions, 'written'), '--json'], { env });
    expect(run.exit, run.stderr).toBe(0);
    const { settings, texts } = before;
    expect(await family.read(calls)).toEqual({
      ...before,
      settings: { ...settings, accessTokenLifespan: 120, rememberMe: true, attributes: { ...(settings['attributes'] as JsonObject), extra: '1' } },
      texts: { ...texts, de: { ...(texts['de'] as JsonObject), greeting: 'Moin' } },
    });
  });
});
