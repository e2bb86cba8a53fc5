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
  });

  it('export brings a file to live without a run, where live wins', async () => {
    const out = join(place, 'out');
    const { exit, stdout } = await tool('export', '--evidence', evidence, '--out', out);
    expect(exit).toBe(0);
    expect(stdout.trim()).toBe(join(out, 'changes.patch'));
    expect(readFileSync(join(out, 'changes.patch'), 'utf8')).toMatch(/gw2\.example\.com/);
  });
});
