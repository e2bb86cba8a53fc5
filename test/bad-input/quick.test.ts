// What a tired person types wrongly: each gets one sentence, the next step, the documented exit code, and no write.
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { request } from 'node:http';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCountingProxy, type CountingProxy } from '../harness/proxy.ts';
import { runTool, sessionPlace } from '../harness/tool.ts';
import { CERTIFICATE, KEY } from '../keycloak/fixtures/self-signed.ts';
import { listen, serve, type Local } from '../keycloak/support.ts';
import { expectRefusal, recordedIn, type Refusal } from './refusal.ts';
import { accountWith, confirmed, run, stageSandbox, type Story } from './story.ts';

let story: Story;
let proxy: CountingProxy;
let stop: () => Promise<void>;
beforeAll(async () => {
  const staged = await stageSandbox();
  proxy = await startCountingProxy(staged.url);
  story = { ...staged, url: proxy.url };
  stop = () => staged.sandbox.close();
});
afterAll(async () => {
  expect(proxy.writes).toEqual([]);
  await proxy.close();
  await stop();
});

describe('a login or an address that does not work', () => {
  const CASES: readonly (readonly [string, { readonly with?: readonly string[]; readonly env?: Readonly<Record<string, string>> }, Refusal])[] = [
    ['a wrong password', { env: { KEYCLOAK_PASSWORD: 'hunter2' } }, { exit: 3, says: /refuses to log admin in to the realm master/, next: /--auth-realm/ }],
    ['a client that does not exist', { with: ['--client-id', 'nobody'] }, { exit: 3, says: /refuses to log admin in/, next: /--client-id nobody/ }],
    ['a realm that does not exist', { with: ['--realm', 'nowhere'] }, { exit: 3, says: /The realm nowhere does not exist/, next: /--realm; names are case sensitive/ }],
    ['a realm to log in to that does not exist', { with: ['--auth-realm', 'nowhere'] }, { exit: 3, says: /nowhere, in which to log in, does not exist/, next: /--auth-realm/ }],
    ['a port where nobody listens', { with: ['--url', 'http://127.0.0.1:9'] }, { exit: 3, says: /ECONNREFUSED\); nothing was sent/, next: /the address, the port/ }],
    ['a host that does not exist', { with: ['--url', 'http://keycloak.invalid'] }, { exit: 3, says: /No connection to http:\/\/keycloak\.invalid/, next: /the address/ }],
  ];
  it.concurrent.each(CASES)('%s', async (_, attempt, refusal) => {
    // The file is of the realm primary; for another one that would be said first.
    const flags = attempt.with?.includes('--realm') ? ['--confirm', 'nowhere'] : confirmed(story);
    const tried = await run(story, ['recover'], { ...attempt, with: [...flags, ...(attempt.with ?? [])] });
    expectRefusal(tried, refusal);
    expect(tried.stdout + tried.stderr).not.toContain('hunter2');
    // The attempt is on record and can go on; nothing else is left, the lock least of all.
    expect(recordedIn(tried.sessions)).toEqual({ runs: [expect.any(String)], others: [] });
    expectRefusal(await run(story, ['doctor'], attempt), refusal);
  });

  it('a token that has expired or is none', async () => {
    const tried = await run(story, ['recover'], { as: { flags: ['--token-stdin'], env: {} }, input: 'eyJhbGciOiJub25lIn0.eyJleHAiOjF9.x\n', with: confirmed(story) });
    expectRefusal(tried, { exit: 3, says: /does not accept the token that was given; it has expired/, next: /--token-stdin/ });
    expectRefusal(await run(story, ['doctor'], { as: { flags: ['--token-stdin'], env: {} }, input: '' }), { exit: 64, says: /--token-stdin finds nothing on standard input/, next: /Pipe it in/ });
  });

  it('goes on with the right password where the wrong one ended', async () => {
    const { sessions } = await run(story, ['recover'], { env: { KEYCLOAK_PASSWORD: 'wrong' }, with: [...confirmed(story), '--read-only'] });
    const [id = ''] = recordedIn(sessions).runs;
    expect((await run(story, ['resume', id], { sessions })).exit).toBe(2);
  });
});

describe('a server that is not what it should be', () => {
  const open: Local[] = [];
  afterAll(() => Promise.all(open.map((one) => one.close())));
  const page = async (status: number, body: string, headers: Record<string, string> = { 'content-type': 'text/html' }) => {
    const server = await serve((_, answer) => void answer.writeHead(status, headers).end(body));
    open.push(server);
    return server.url;
  };
  const doctor = (url: string, more: readonly string[] = []) => run({ ...story, url }, ['doctor'], { with: more });

  it.concurrent.each([
    ['a web page', 200, '<!doctype html><h1>It works</h1>', /an HTML page instead of the Admin API/, /\/auth/],
    ['a page not found', 404, '<html>not here</html>', /an HTML page instead of the Admin API/, /Check the address/],
    ['text', 200, 'hello', /text that is no JSON/, /Check the address/],
    ['JSON of something else', 200, '{"hello":"world"}', /holds no access token/, /Check the address/],
    ['nothing at all', 200, '', /holds no access token/, /Check the address/],
    ['a broken gateway', 502, '<html>Bad gateway</html>', /answers the login with 502/, /log of the server/],
  ])('%s', async (_, status, body, says, next) => {
    expectRefusal(await doctor(await page(status, body)), { exit: 3, says, next });
  });

  it('a redirect, which is not followed with a password in hand', async () => {
    const url = await page(302, '', { location: 'https://sso.example.com/login?secret=1' });
    const tried = await doctor(url);
    expectRefusal(tried, { exit: 3, says: /a redirect to https:\/\/sso\.example\.com\/login instead/, next: /--url/ });
    expect(tried.stderr).not.toContain('secret=1');
  });

  it('a port that speaks no TLS', async () => {
    expectRefusal(await doctor(story.url.replace('http:', 'https:')), { exit: 3, says: /No TLS connection/, next: /begins with http:/ });
  });

  it('a port that is no web server', async () => {
    const server = await listen(createServer().on('connection', (socket) => socket.end('220 mail ESMTP\r\n')), 'http');
    open.push(server);
    expectRefusal(await doctor(server.url), { exit: 3, says: /while reading|No connection|no Keycloak/, next: /./ });
  });

  it('a certificate that nobody signed: --ca-file makes it good', async () => {
    const to = new URL(story.url);
    const secure = await listen(createSecureServer({ cert: CERTIFICATE, key: KEY }, (incoming, outgoing) => {
      const upstream = request({ host: to.hostname, port: to.port, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(upstream);
    }), 'https');
    open.push(secure);
    const ca = join(sessionPlace(), 'ca.pem');
    writeFileSync(ca, CERTIFICATE);
    expectRefusal(await doctor(secure.url), { exit: 3, says: /certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/, next: /--ca-file FILE/ });
    expect(await doctor(secure.url, ['--ca-file', ca])).toMatchObject({ exit: 0, stderr: '' });
    // Up to the login: the certificate is fine, the password is not.
    const refused = await run({ ...story, url: secure.url }, ['recover'], { with: [...confirmed(story), '--ca-file', ca], env: { KEYCLOAK_PASSWORD: 'wrong' } });
    expectRefusal(refused, { exit: 3, says: /refuses to log admin in/, next: /password/ });
    for (const [content, says] of [[null, /cannot be read/], ['no certificate', /holds no certificate/], ['-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n', /certificate/]] as const) {
      const file = join(sessionPlace(), 'ca.pem');
      if (content !== null) writeFileSync(file, content);
      const tried = await run({ ...story, url: secure.url }, ['recover'], { with: [...confirmed(story), '--ca-file', file] });
      expectRefusal(tried, { exit: 3, says, next: /--ca-file/ });
      expect(recordedIn(tried.sessions).others).toEqual([]);
    }
  });
});

describe('an account without the roles', () => {
  const CASES: readonly (readonly [readonly string[], RegExp, RegExp])[] = [
    [[], /captured whole: these credentials lack view-realm, view-clients and view-users/, /realm-rescue doctor/],
    [['query-clients'], /captured whole: these credentials lack view-realm, view-clients and view-users/, /Grant view-realm, view-clients and view-users to service account of only-query-clients/],
    [['view-realm'], /lack view-clients and view-users/, /Grant view-clients/],
    [['view-realm', 'view-users'], /lack view-clients of client realm-management/, /Grant view-clients/],
    [['view-realm', 'view-clients', 'view-users'], /needs manage-clients and manage-users of client realm-management.*nothing was written/, /Grant manage-clients and manage-users.*resume/],
    [['view-realm', 'manage-clients', 'view-users'], /needs manage-users of client realm-management/, /Or go on with less: resume it with --answers FILE.*service-account-role:billing-service\/internal-service: leave {2}# manage-users/s],
  ];
  it.concurrent.each(CASES)('%j: refused before the first write', async (roles, says, next) => {
    const as = await accountWith(story, roles);
    expectRefusal(await run(story, ['recover'], { as, with: confirmed(story) }), { exit: 3, says, next });
    // Nor does a comparison that cannot see the realm say "in sync".
    const compared = await run(story, ['compare'], { as, with: ['--evidence', story.evidence] });
    expect([2, 3]).toContain(compared.exit);
    if (compared.exit === 3) expectRefusal(compared, { exit: 3, says: /captured whole|may not do/, next: /./ });
  });
});

describe('a command line that cannot be meant', () => {
  const CASES: readonly (readonly [readonly string[], RegExp, RegExp])[] = [
    [['recover', '--realm', 'primary', '--username', 'admin'], /No Keycloak is named/, /--url .*KEYCLOAK_URL/],
    [['recover', '--url', 'http://127.0.0.1:9', '--username', 'admin'], /No realm is named/, /--realm NAME/],
    [['recover', '--url', 'http://127.0.0.1:9', '--realm', 'primary'], /Nobody is named to log in as/, /--username NAME/],
    [['recover', '--url', 'http://127.0.0.1:9', '--realm', 'primary', '--username', 'admin'], /No password is given for admin/, /KEYCLOAK_PASSWORD.*--password-stdin/],
    [['recover', '--url', 'ftp://x', '--realm', 'p', '--username', 'admin'], /begins with ftp:|no http/, /--url https:/],
    [['recover', '--url', 'keycloak.example.com', '--realm', 'p', '--username', 'admin'], /URL|http or https/, /--url https:/],
    [['recover', '--url', 'http://kim:hunter2@127.0.0.1:9', '--realm', 'p', '--username', 'admin'], /carries a user name or a password/, /--username/],
    [['recover', '--url', 'http://127.0.0.1:9', '--realm', '..', '--username', 'admin'], /No realm can be called/, /--realm NAME/],
    [['recover', '--url'], /'--url/, /realm-rescue recover --help/],
    [['recover', '--url', '--realm', 'x'], /'--url' argument is ambiguous/, /--help/],
    [['recover', '--password', 'hunter2'], /Unknown option '--password'/, /realm-rescue recover --help/],
    [['recover', '--json=yes'], /'--json' does not take an argument/, /--help/],
    [['recover', 'primary'], /recover does not know what to do with "primary"/, /--help/],
    [['sessions', 'all'], /does not know what to do with "all"/, /--help/],
    [['recovr'], /There is no command "recovr"/, /realm-rescue --help/],
    [['constructor'], /There is no command "constructor"/, /realm-rescue --help/],
    [['doctor', '--evidence', 'x'], /doctor does not take --evidence/, /realm-rescue doctor --help/],
    [['sessions', '--url', 'http://x'], /sessions does not take --url/, /--help/],
    [['doctor', '--password-stdin', '--token-stdin'], /would both read standard input/, /Give one/],
    [['lint', '--json', '--format', 'sarif'], /two formats/, /Give one/],
    [['lint', '--server-version', 'foo'], /"foo" is no version/, /26\.7\.4/],
    [['recover', '--from', 'bad', '--url', 'http://127.0.0.1:9', '--realm', 'p', '--username', 'admin'], /"bad" does not name anything in a cluster/, /configmap:NAMESPACE\/NAME/],
    [['freeze', '--from', 'bad', '--kubeconfig', '/nowhere'], /"bad" does not name anything in a cluster/, /configmap:NAMESPACE\/NAME/],
    [['thaw', '--from', 'bad', '--kubeconfig', '/nowhere'], /"bad" does not name anything in a cluster/, /configmap:NAMESPACE\/NAME/],
    [['doctor', '--from', 'bad'], /"bad" does not name anything in a cluster/, /configmap:NAMESPACE\/NAME/],
    [['thaw', '8f2c', '--from', 'application:iam/other'], /takes a record or --from, and not both/, /Leave one of them out/],
    [['recover', '--lost', 'sideways'], /--lost takes restore, keep, leave or ask, not "sideways"/, /--lost/],
    [['compare', '--url', 'http://127.0.0.1:9'], /No evidence is named to compare with/, /--evidence/],
    [['compare', '--from', 'a.json', '--evidence', 'b.json'], /No realm is named/, /--realm NAME/],
    [['plan'], /No evidence is named to plan from/, /--evidence/],
    [['export'], /No files to bring to live are named/, /--repo DIR/],
    [['resume'], /No run is named/, /realm-rescue sessions/],
    [['undo'], /No run is named/, /realm-rescue sessions/],
    [['transcript'], /shown, verified or exported/, /transcript show ID/],
    [['transcript', 'burn', 'abcd'], /shown, verified or exported/, /transcript show ID/],
  ];
  it('of the drill is refused before anything is staged, and nothing is left', async () => {
    const sessions = sessionPlace();
    expectRefusal(await runTool(['demo', '--json', '--lost', 'sideways', '--session-dir', sessions]), { exit: 64, says: /--lost takes restore, keep, leave or ask/, next: /--lost/ });
    expect(recordedIn(sessions).runs).toEqual([]);
  });

  it.concurrent.each(CASES)('%j', async (args, says, next) => {
    const home = sessionPlace();
    const tried = await runTool([...args, '--json'], { env: { XDG_STATE_HOME: join(home, 'state') } });
    expectRefusal(tried, { exit: 64, says, next });
    expect(tried.stdout + tried.stderr).not.toContain('hunter2');
    expect(existsSync(join(home, 'state'))).toBe(false);
  });

  it('leaves standard output empty without --json: it is for data', async () => {
    expect(await runTool(['recovr'])).toMatchObject({ exit: 64, stdout: '', stderr: 'realm-rescue: There is no command "recovr".\n  See realm-rescue --help for the commands.\n' });
  });

  it('shows a stack only where --debug asks for it', async () => {
    expect((await runTool(['recovr', '--debug'])).stderr).toMatch(/^\s+at /m);
  });
});
