import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { stageIncident } from '../../src/sandbox/incident/stage.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';

/** The commands around a run, as a script calls them. */
describe('commands', () => {
  const place = sessionPlace();
  let sandbox: Sandbox;
  let evidence: string;
  const tool = (...args: string[]): Promise<ToolRun> => runTool([...args, '--url', sandbox.url, '--realm', 'primary', '--username', sandbox.admin.username], { env: { KEYCLOAK_PASSWORD: sandbox.admin.password }, cwd: place });

  beforeAll(async () => {
    sandbox = await startSandbox();
    const staged = await stageIncident(openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm: 'primary' }), { logins: 4, secrets: 'real' });
    evidence = join(place, 'realm.json');
    writeFileSync(evidence, JSON.stringify(staged.evidence, null, 2));
  });
  afterAll(() => sandbox.close());

  it('doctor says version, identity and what would be possible', async () => {
    const { exit, stdout } = await tool('doctor');
    expect(stdout).toMatch(/^Keycloak 26\.7\.4, realm id [\w-]+, logged in as admin through admin-cli\nOK /);
    expect(exit).toBe(0);
  });

  it('doctor names the environment before the target, and not in what a script reads', async () => {
    expect((await tool('doctor', '--env-tag', 'PROD')).stdout).toMatch(/^PROD {2}Keycloak 26\.7\.4, [^\n]+\nOK {2}/);
    expect((await tool('doctor', '--env-tag', 'PROD', '--json')).stdout).not.toContain('PROD');
  });

  it('compare --json is the contract, and exit 2 says that there are differences', async () => {
    const { exit, stdout } = await tool('compare', '--evidence', evidence, '--json');
    const found = JSON.parse(stdout) as { schema: string; differences: Record<string, unknown>[]; counts: unknown };
    expect(exit).toBe(2);
    expect(found).toMatchObject({
      schema: 'realm-rescue/differences/v1', realm: 'primary', live: { capturedAt: expect.stringMatching(/Z$/), fingerprint: expect.stringMatching(/^sha256:/) },
      evidence: [{ source: `file:${evidence}`, completeness: 'stated' }], counts: { lost: 14, changed: 0, liveOnly: 2 },
    });
    expect(found.differences.find((difference) => difference['id'] === 'client-mapper:auth-service/groups')).toEqual({
      id: 'client-mapper:auth-service/groups', kind: 'client-mapper', owner: 'auth-service', name: 'groups', change: 'lost', fields: [],
      effect: 'claim groups missing from access, id and userinfo of auth-service', suggest: 'restore', because: expect.any(String), source: `file:${evidence}`,
    });
  });

  it('snapshot writes a private file that compares equal to live', async () => {
    const written = await tool('snapshot', '--out', place, '--json');
    const { file } = JSON.parse(written.stdout) as { file: string };
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await tool('compare', '--evidence', `snapshot:${file}`)).exit).toBe(0);
    const offline = await runTool(['compare', '--from', `snapshot:${file}`, '--evidence', `snapshot:${file}`, '--realm', 'primary']);
    expect(offline.exit, offline.stderr).toBe(0);
  });

  it('plan shows the requests and sends none', async () => {
    const { exit, stdout } = await tool('plan', '--evidence', evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/auth-service\n {2}POST {3}\/admin\/realms\/primary\/clients\/[0-9a-f]{4}…\/protocol-mappers\/models {2}protocol mapper groups/);
    expect((await tool('compare', '--evidence', evidence)).exit).toBe(2);
  });

  it('plan names what is left open, exit 5', async () => {
    const { exit, stderr } = await tool('plan', '--evidence', evidence, '--lost', 'restore');
    expect(exit).toBe(5);
    expect(stderr).toMatch(/client-mapper:profile-service\/tenant/);
    const { stdout } = await tool('plan', '--evidence', evidence, '--lost', 'restore', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'needs-decision', exit: 5, open: expect.arrayContaining(['client-mapper:profile-service/tenant']) });
  });

  it('compare takes two realms of the server, of which neither is the one that was named', async () => {
    const { exit, stdout, stderr } = await tool('compare', '--from', 'realm:master', '--evidence', 'realm:master', '--json');
    expect(exit, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ evidence: [{ source: 'realm:master' }], counts: { lost: 0, changed: 0, liveOnly: 0 } });
    expect((await tool('compare', '--from', evidence, '--evidence', 'realm:primary')).exit).toBe(2);
  });

  it('takes the flags that all commands share, also where they mean nothing to it', async () => {
    const shared = ['--session-dir', place, '--read-only', '--env-tag', 'PROD', '--no-color', '--no-input'];
    for (const words of [['doctor'], ['snapshot', '--out', place], ['plan', '--evidence', evidence, '--lost', 'restore', '--live-only', 'keep']]) {
      const { exit, stderr } = await tool(...words, ...shared);
      expect([words, exit, stderr]).toEqual([words, expect.toBeOneOf([0, 2]), expect.not.stringContaining('does not take')]);
    }
    for (const words of [['sessions'], ['lint', place]]) expect((await runTool([...words, ...shared])).exit, words[0]).toBe(0);
    for (const words of [['undo', '8f2c'], ['thaw', '8f2c'], ['lint', '--fix', place]]) expect(await runTool([...words, ...shared])).toMatchObject({ exit: 64, stderr: expect.stringMatching(/writes, and --read-only forbids that\./) });
    // A server that is not asked is nobody's meaning.
    expect(await runTool(['demo', '--url', sandbox.url])).toMatchObject({ exit: 64, stderr: expect.stringContaining('demo does not take --url.') });
  });

  it('a flag or a word that is empty is refused, and a variable that is counts as not set', async () => {
    for (const [words, says] of [[['snapshot', '--out', ''], '--out is empty.'], [['sessions', '--session-dir='], '--session-dir is empty.'], [['recover', '--client', 'a', '--client', ''], '--client is empty.'], [['lint', ''], 'lint was given an empty word.']] as const) {
      expect(await runTool([...words])).toMatchObject({ exit: 64, stderr: expect.stringContaining(says) });
    }
    expect((await runTool(['doctor', '--url', sandbox.url, '--realm', 'primary', '--username', sandbox.admin.username], { env: { KEYCLOAK_PASSWORD: sandbox.admin.password, KEYCLOAK_CLIENT_ID: '', KEYCLOAK_CLIENT_SECRET: '' } })).exit).toBe(0);
  });

  it('plan says where nothing would be sent', async () => {
    const { exit, stdout, stderr } = await tool('plan', '--evidence', evidence, '--lost', 'leave', '--live-only', 'keep');
    expect([exit, stdout, stderr]).toEqual([0, '', expect.stringContaining('Nothing would be sent.\n')]);
  });

  it('export brings a file to live without a run, where live wins', async () => {
    const out = join(place, 'out');
    const { exit, stdout, stderr } = await tool('export', '--evidence', evidence, '--out', out);
    expect(exit).toBe(0);
    // Of a realm that lost something git may have the last copy.
    expect(stderr).toMatch(/^\d+ objects that git has and the realm does not would be taken out of git: where they were lost, recover them first\./m);
    expect(stdout.trim()).toBe(join(out, 'changes.patch'));
    expect(readFileSync(join(out, 'changes.patch'), 'utf8')).toMatch(/gw2\.example\.com/);
  });
});
