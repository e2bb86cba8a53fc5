// Whatever a server, a proxy or a bug makes of a login: it is in nothing that the tool writes.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { assertNoSecrets } from '../harness/secrets.ts';
import { startSecretsProxy, type Asked, type SecretsProxy } from '../harness/secretsProxy.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { expectRefusal } from './refusal.ts';
import { confirmed, run, stageSandbox, type Attempt, type Story } from './story.ts';

/** A password that every encoding spells in its own way. */
const PASSWORD = 'pw "löck" &/+%41<x> no-such-lab';

let story: Story;
let proxy: SecretsProxy;
let stop: () => Promise<void>;
beforeAll(async () => {
  const { sandbox, ...staged } = await stageSandbox();
  proxy = await startSecretsProxy(staged.url);
  story = { ...staged, url: proxy.url };
  stop = () => sandbox.close();
});
afterEach(() => proxy.instead());
afterAll(async () => {
  await proxy.close();
  await stop();
});

const isToken = ({ path }: Asked) => path.endsWith('/protocol/openid-connect/token');
const asPassword: Attempt['as'] = { flags: ['--username', 'admin', '--debug'], env: { KEYCLOAK_PASSWORD: PASSWORD } };

/** Everything that a run printed or recorded; of a session all but the snapshots, which hold secrets and are private. */
function written(done: ToolRun & { readonly sessions?: string }): string {
  const directory = done.sessions;
  const files = directory === undefined || statSync(directory, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => !name.includes('snapshots') && statSync(join(directory, name)).isFile());
  return [done.stdout, done.stderr, ...files.map((name) => readFileSync(join(directory ?? '', name), 'utf8'))].join('\n');
}

describe('a server that quotes what it was sent', () => {
  const quotes: Readonly<Record<string, (asked: Asked) => string>> = {
    'as it is': ({ form }) => JSON.stringify({ error: 'invalid_grant', error_description: `no user has the password ${form.get('password')}` }),
    'as a form': ({ body }) => JSON.stringify({ error: 'invalid_request', error_description: `cannot read ${body}` }),
    'in an address': ({ form }) => JSON.stringify({ errorMessage: `/login?password=${encodeURIComponent(form.get('password') ?? '')}` }),
    'as JSON in JSON': ({ form }) => JSON.stringify({ error: JSON.stringify({ sent: JSON.stringify({ password: form.get('password') }) }) }),
    'as Basic': ({ form }) => JSON.stringify({ error: 'x', error_description: `Basic ${Buffer.from(`admin:${form.get('password')}`).toString('base64')} is wrong` }),
    'at the end of what fits': ({ form }) => JSON.stringify({ error: `${'x'.repeat(190)} ${form.get('password')}` }),
    'in HTML': ({ form }) => `<html><body>${form.get('password')}</body></html>`,
  };
  it.each(Object.keys(quotes))('the password of a refused login, %s', async (how) => {
    for (const status of [400, 401, 503]) {
      proxy.instead((asked) => (isToken(asked) ? { status, body: quotes[how]?.(asked) ?? '' } : undefined));
      const done = await run(story, ['doctor'], { as: asPassword });
      expect(done.exit).toBe(3);
      expect(done.stderr).toMatch(/log|HTML/);
      assertNoSecrets(written(done), [PASSWORD]);
      expect(written(done)).not.toContain('pw "l');
    }
  });

  it('a client secret and a token, in a refused login and in the address of a redirect', async () => {
    const secret = 'lab/secret+of=a&client';
    const token = `eyJhbGciOiJSUzI1NiJ9.${'x'.repeat(60)}.sig`;
    proxy.instead((asked) => (isToken(asked) ? { status: 401, body: JSON.stringify({ error: 'invalid_client', error_description: `bad ${asked.form.get('client_secret')}` }) }
      : { status: 302, body: '', headers: { location: `https://login.example/${asked.authorization.slice(7)}/x?t=${asked.authorization.slice(7)}` } }));
    const client = await run(story, ['doctor'], { as: { flags: ['--client-id', 'robot', '--debug'], env: { KEYCLOAK_CLIENT_SECRET: secret } } });
    const given = await run(story, ['doctor'], { as: { flags: ['--token-stdin', '--debug'], env: {} }, input: token });
    for (const done of [client, given]) {
      expect(done.exit).toBe(3);
      assertNoSecrets(written(done), [secret, token]);
    }
    expect(given.stderr).toContain('redirect to https://login.example/(secret)/x');
  });

  it('the Authorization header, in an error page for a read', async () => {
    proxy.instead((asked) => (/\/clients\b/.test(asked.path) ? { status: 409, body: JSON.stringify({ error: `upstream refused: Authorization: ${asked.authorization}` }) } : undefined));
    for (const command of ['recover', 'snapshot', 'compare']) {
      const done = await run(story, [command], { with: [...(command === 'snapshot' ? ['--out', sessionPlace()] : command === 'compare' ? ['--evidence', story.evidence] : confirmed(story)), '--debug'] });
      expect(done.exit).toBe(3);
      expect(done.stderr).toContain('Bearer (secret)');
      assertNoSecrets(written(done), proxy.seen);
    }
  });

  it('the Authorization header and the body, in the refusal of a write', async () => {
    const lost = 'auth-service';
    const [client] = (await story.calls.call('GET', `/clients?clientId=${lost}`)).body as { id: string }[];
    await story.calls.call('PUT', `/clients/${client?.id}`, { secret: 'another-lab-secret' });
    let quoted = '';
    proxy.instead((asked) => {
      if (asked.method === 'GET' || !asked.body.includes('"secret":"')) return undefined;
      quoted = asked.body;
      return { status: 400, body: JSON.stringify({ errorMessage: `${asked.body.slice(asked.body.indexOf('"secret"'), asked.body.indexOf('"secret"') + 60)} with ${asked.authorization}` }) };
    });
    const done = await run(story, ['recover'], { with: [...confirmed(story), '--debug'] });
    expect(quoted).toContain('lab-secret-of-auth-service');
    expect(done.exit).toBe(3);
    expect(done.stdout).toContain('(secret)');
    assertNoSecrets(written(done), [...proxy.seen, 'lab-secret-of-auth-service', 'another-lab-secret']);
  });
});

describe('a secret where it does not belong', () => {
  it('behind a flag that takes none is not quoted', async () => {
    for (const flag of ['--password-stdin', '--token-stdin']) {
      const done = await runTool(['recover', flag, PASSWORD, '--json', '--debug']);
      expectRefusal({ ...done, stderr: done.stderr.replaceAll(/^(?:RescueError| {4}at ).*\n/gm, '') }, { exit: 64, says: `${flag} reads from standard input`, next: /--help/ });
      assertNoSecrets(done.stdout + done.stderr, [PASSWORD]);
    }
    for (const args of [[`--password=${PASSWORD}`], ['--password', PASSWORD], [`-p${PASSWORD}`], ['--url', `http://admin:${encodeURIComponent(PASSWORD)}@127.0.0.1:1`, '--realm', 'x', '--username', 'admin'], ['--url', `admin:${PASSWORD}@host`, '--realm', 'x', '--username', 'admin']]) {
      const done = await runTool(['doctor', ...args, '--json', '--debug'], { env: { KEYCLOAK_PASSWORD: 'another one' } });
      expect(done.exit).toBe(64);
      assertNoSecrets(done.stdout + done.stderr, [PASSWORD]);
    }
  });

  it.each([['that is no address', 'http://kim:hunter2-lab@[bad', 64], ['where nobody listens', 'http://kim:hunter2-lab@127.0.0.1:1', 3]])('in a proxy of the environment %s', async (_, address, exit) => {
    const done = await runTool(['doctor', '--url', 'http://keycloak.test', '--realm', 'x', '--username', 'admin', '--json'], { env: { KEYCLOAK_PASSWORD: PASSWORD, HTTP_PROXY: address, HTTPS_PROXY: address } });
    expectRefusal(done, { exit, says: /proxy|No connection/, next: /HTTPS?_PROXY/ });
    assertNoSecrets(done.stdout + done.stderr, [PASSWORD, 'hunter2-lab']);
  });

  it('in the address of a git remote, and in the environment of what git starts', async () => {
    const repo = sessionPlace();
    const seen = join(sessionPlace(), 'environment');
    const git = (...args: string[]) => execFileSync('git', ['-C', repo, ...args]);
    git('init', '-q');
    git('config', 'user.name', 'x');
    git('config', 'user.email', 'x@example.com');
    git('remote', 'add', 'origin', `https://kim:${encodeURIComponent(PASSWORD)}@git.example/deploy.git`);
    execFileSync('cp', [story.evidence, join(repo, 'realm.json')]);
    git('add', '-A');
    git('commit', '-q', '-m', 'as it was');
    // A filter is a program of somebody else's.
    execFileSync('sh', ['-c', `echo '*.json filter=look' > '${repo}/.git/info/attributes'`]);
    git('config', 'filter.look.clean', `env >> '${seen}'; cat`);
    const done = await run(story, ['recover'], { with: [...confirmed(story), '--evidence', `git:${join(repo, 'realm.json')}@HEAD`, '--repo', repo, '--branch', 'mended', '--debug'], env: { KEYCLOAK_CLIENT_SECRET: '' } });
    expect(done.exit, done.stderr).toBe(0);
    assertNoSecrets(written(done).replaceAll(/^.*"lab-secret-of-.*$/gm, ''), [PASSWORD, ...proxy.seen]);
    assertNoSecrets(git('log', '-1', '--format=raw', 'mended').toString('utf8'), [PASSWORD, ...proxy.seen]);
    expect(readFileSync(seen, 'utf8')).toContain('PATH=');
    expect(readFileSync(seen, 'utf8')).not.toMatch(/KEYCLOAK_/);
  });
});

describe('a bug whose error holds the login', () => {
  const bug = `--import=${fileURLToPath(new URL('../harness/throw-at.mjs', import.meta.url))}`;
  it.each(['sync', 'timer', 'promise'])('thrown %s: said without it, with and without --debug', async (how) => {
    proxy.instead((asked) => (isToken(asked) ? { status: 200, body: JSON.stringify({ access_token: 'x', expires_in: 60 }) } : undefined));
    for (const debug of [[], ['--debug']]) {
      for (const command of ['doctor', 'recover']) {
        const done = await run(story, [command], { with: [...(command === 'recover' ? confirmed(story) : []), ...debug], as: { flags: ['--username', 'admin', '--password-stdin'], env: { NODE_OPTIONS: bug, REALM_RESCUE_TEST_THROW: how } }, input: PASSWORD });
        expect(done.exit).toBe(1);
        expect(done.stderr).toMatch(/^realm-rescue: Unexpected error: cannot encode grant_type=password.*\n {2}This is a bug/m);
        expect(/^ {4}at /m.test(done.stderr)).toBe(debug.length > 0);
        expect(JSON.parse(done.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ type: 'error', code: 'unexpected', exit: 1 });
        assertNoSecrets(written(done), [PASSWORD]);
      }
    }
  });
});
