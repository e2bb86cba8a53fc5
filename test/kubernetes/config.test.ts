// The kubeconfig that kubectl would use, and the login that it leads to. Plugins are real programs here.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { openCluster } from '../../src/kubernetes/api.ts';
import { openConfig } from '../../src/kubernetes/config.ts';
import { credentialsOf } from '../../src/kubernetes/credentials.ts';
import { parseFrom } from '../../src/kubernetes/from-spec.ts';
import type { ClusterTarget } from '../../src/kubernetes/target.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { expectHarmless } from '../harness/harmless.ts';

const root = mkdtempSync(join(tmpdir(), 'realm-rescue-kubeconfig-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
/** A directory of its own. */
function place(): string {
  const directory = join(root, String(made += 1));
  mkdirSync(directory);
  return directory;
}

interface Shape {
  readonly contexts?: Readonly<Record<string, { readonly cluster?: string; readonly user?: string; readonly namespace?: string }>>;
  readonly clusters?: Readonly<Record<string, object>>;
  readonly users?: Readonly<Record<string, object>>;
  /** undefined: the line is not there. */
  readonly current?: string;
}

function kubeconfig({ contexts = { prod: { cluster: 'prod', user: 'oncall' } }, clusters = { prod: { server: 'https://k8s.example.com' } }, users = { oncall: { token: 'abc' } }, current }: Shape = {}, file = join(place(), 'config')): string {
  const list = (of: Readonly<Record<string, object>>, word: string) => Object.entries(of).map(([name, value]) => ({ name, [word]: value }));
  mkdirSync(join(file, '..'), { recursive: true });
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', contexts: list(contexts, 'context'), clusters: list(clusters, 'cluster'), users: list(users, 'user'), ...(current === undefined ? {} : { 'current-context': current }) }));
  return file;
}

const target = (rest: Partial<ClusterTarget> = {}): ClusterTarget => ({ userAgent: 'realm-rescue/test', environment: {}, readOnly: false, ...rest });
const at = (file: string, rest: Partial<ClusterTarget> = {}): ClusterTarget => target({ kubeconfig: file, ...rest });

function refusedConfig(of: ClusterTarget): RescueError {
  try {
    openConfig(of);
  } catch (error) {
    if (error instanceof RescueError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

async function failure(of: Promise<unknown>): Promise<RescueError> {
  const error: unknown = await of.then(() => null, (thrown: unknown) => thrown);
  if (!(error instanceof RescueError)) throw new Error(`a RescueError was expected, not ${String(error)}`);
  return error;
}

describe('where none is', () => {
  test.each<[string, () => Readonly<Record<string, string | undefined>>]>([
    ['no HOME', () => ({})],
    ['an empty HOME', () => ({ HOME: '' })],
    ['an empty home', () => ({ HOME: place() })],
    ['an empty .kube', () => { const home = place(); mkdirSync(join(home, '.kube')); return { HOME: home }; }],
    ['an empty KUBECONFIG', () => ({ HOME: place(), KUBECONFIG: '' })],
    ['a pod without an account', () => ({ HOME: place(), KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' })],
  ])('%s: it is refused, and http://localhost:8080 is not tried', (_name, environment) => {
    expect(refusedConfig(target({ environment: environment() }))).toMatchObject({ code: 'kubeconfig', message: 'No kubeconfig is found, and this is no pod with a service account: no cluster is known.' });
  });

  test('the one that a flag names is not there', () => {
    const error = refusedConfig(at('/nowhere/config', { environment: { HOME: place() } }));
    expect(error.message).toBe('There is no kubeconfig at /nowhere/config.');
    expect(error.next).toEqual(['Name one with --kubeconfig FILE (or KUBECONFIG), or log in to the cluster so that ~/.kube/config exists.']);
  });

  test('those that KUBECONFIG names are not there, and the usual one is not taken for them', () => {
    const home = place();
    kubeconfig({ current: 'prod' }, join(home, '.kube', 'config'));
    const missing = (...files: readonly string[]) => refusedConfig(target({ environment: { HOME: home, KUBECONFIG: files.join(delimiter) } })).message;
    expect(missing('/nowhere/a')).toBe('KUBECONFIG names /nowhere/a, which is not there.');
    expect(missing('/nowhere/a', '/nowhere/b')).toBe('KUBECONFIG names /nowhere/a and /nowhere/b, which are not there.');
  });
});

describe('which one', () => {
  test('the usual one; KUBECONFIG before it; the flag before both', () => {
    const home = place();
    const named = (server: string) => ({ current: 'prod', clusters: { prod: { server } } });
    kubeconfig(named('https://home.example.com'), join(home, '.kube', 'config'));
    const listed = kubeconfig(named('https://listed.example.com'));
    const flag = kubeconfig(named('https://flag.example.com'));
    expect(openConfig(target({ environment: { HOME: home } })).server).toBe('https://home.example.com');
    expect(openConfig(target({ environment: { HOME: home, KUBECONFIG: listed } })).server).toBe('https://listed.example.com');
    expect(openConfig(at(flag, { environment: { HOME: home, KUBECONFIG: listed } })).server).toBe('https://flag.example.com');
  });

  test('of several, missing ones are passed over, entries of all are there, and of two of one name the first counts', () => {
    const first = kubeconfig({ current: 'prod', clusters: { prod: { server: 'https://first.example.com' } } });
    const second = kubeconfig({ current: 'stage', contexts: { prod: { cluster: 'prod', user: 'oncall', namespace: 'second' }, stage: { cluster: 'stage', user: 'other' } }, clusters: { prod: { server: 'https://second.example.com' }, stage: { server: 'https://stage.example.com' } }, users: { oncall: { token: 'second' }, other: { token: 'x' } } });
    const environment = { KUBECONFIG: ['/nowhere/a', '', first, second].join(delimiter) };
    expect(openConfig(target({ environment }))).toMatchObject({ context: 'prod', server: 'https://first.example.com', namespace: 'default' });
    expect(openConfig(target({ environment })).config.getCurrentUser()?.token).toBe('abc');
    expect(openConfig(target({ environment, context: 'stage' })).server).toBe('https://stage.example.com');
    expect(openConfig(target({ environment: { KUBECONFIG: [second, first].join(delimiter) } }))).toMatchObject({ context: 'stage' });
  });

  // kubectl writes an empty current-context into every file that it makes.
  test.each([['is not said', undefined], ['is empty', '']])('where the context of the first %s, that of the next one counts', (_name, current) => {
    const first = kubeconfig({ ...(current === undefined ? {} : { current }), contexts: {}, clusters: { extra: { server: 'https://extra.example.com' } }, users: {} });
    const second = kubeconfig({ current: 'prod' });
    expect(openConfig(target({ environment: { KUBECONFIG: [first, second].join(delimiter) } }))).toMatchObject({ context: 'prod', server: 'https://k8s.example.com' });
  });

  test('files that a file names lie beside it', async () => {
    const directory = place();
    writeFileSync(join(directory, 'ca.pem'), 'CA');
    const file = kubeconfig({ current: 'prod', clusters: { prod: { server: 'https://k8s.example.com', 'certificate-authority': 'ca.pem' } } }, join(directory, 'config'));
    expect(String((await credentialsOf(openConfig(at(file)))).tls.ca)).toBe('CA');
  });
});

describe('what it says', () => {
  test('the namespace of the flag, else of the context, else default', () => {
    const file = kubeconfig({ current: 'prod', contexts: { prod: { cluster: 'prod', user: 'oncall', namespace: 'iam' }, bare: { cluster: 'prod', user: 'oncall' } } });
    expect([openConfig(at(file)).namespace, openConfig(at(file, { namespace: 'other' })).namespace, openConfig(at(file, { context: 'bare' })).namespace]).toEqual(['iam', 'other', 'default']);
  });

  test('an address without slashes at its end', () => expect(openConfig(at(kubeconfig({ current: 'prod', clusters: { prod: { server: 'https://rancher.example.com/k8s/clusters/c-1//' } } }))).server).toBe('https://rancher.example.com/k8s/clusters/c-1'));

  test('a context that is not there: those that are, are named', () => {
    const contexts = { 'prod-eu': { cluster: 'prod', user: 'oncall' }, 'prod-us': { cluster: 'prod', user: 'oncall' } };
    const error = refusedConfig(at(kubeconfig({ current: 'prod-eu', contexts }), { context: 'prod-uk' }));
    expect(error).toMatchObject({ code: 'kubeconfig', message: 'The kubeconfig has no context "prod-uk".' });
    expect(error.next).toEqual(['Name one of its contexts with --context: prod-eu, prod-us.']);
    expect(refusedConfig(at(kubeconfig({ current: 'gone', contexts }))).message).toBe('The kubeconfig has no context "gone".');
    expect(refusedConfig(at(kubeconfig({ contexts })))).toMatchObject({ message: 'The kubeconfig names no current context.', next: ['Name one with --context: prod-eu, prod-us.'] });
  });

  test('of very many contexts only some are named', () => {
    const contexts = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index}`, { cluster: 'prod', user: 'oncall' }]));
    expect(refusedConfig(at(kubeconfig({ contexts }), { context: 'x' })).next[0]).toMatch(/: c0, c1, .*c11, ….$/);
  });

  test.each<[string, Shape, RegExp]>([
    ['no such cluster', { contexts: { prod: { cluster: 'gone', user: 'oncall' } } }, /names cluster "gone", which the kubeconfig does not have/],
    ['no such user', { contexts: { prod: { cluster: 'prod', user: 'gone' } } }, /names user "gone", which the kubeconfig does not have/],
    ['no address', { clusters: { prod: { server: 'k8s.example.com:6443' } } }, /The server "k8s\.example\.com:6443" of context prod is no address/],
    ['no address at all', { clusters: { prod: { server: 'https://' } } }, /is no address/],
    ['not encrypted', { clusters: { prod: { server: 'http://k8s.example.com' } } }, /leads to http:\/\/k8s\.example\.com, which is not encrypted; no login is sent there/],
    ['not encrypted, with a name that looks like this machine', { clusters: { prod: { server: 'http://127.0.0.1.example.com' } } }, /not encrypted/],
  ])('%s', (_name, shape, message) => {
    const error = refusedConfig(at(kubeconfig({ current: 'prod', ...shape })));
    expect(error.code).toBe('kubeconfig');
    expect(error.message).toMatch(message);
    expect(error.next.length).toBeGreaterThan(0);
  });

  test('a context without a user is one without a login, as for kubectl proxy', () => {
    expect(openConfig(at(kubeconfig({ current: 'proxy', contexts: { proxy: { cluster: 'proxy' } }, clusters: { proxy: { server: 'http://localhost:8001' } } }))).server).toBe('http://localhost:8001');
  });

  test.each(['http://localhost:8001', 'http://127.0.0.1:8001', 'http://[::1]:8001'])('%s is this machine', (server) => {
    expect(openConfig(at(kubeconfig({ current: 'prod', clusters: { prod: { server } } }))).server).toBe(server);
  });

  test.each<[string, string]>([['empty', ''], ['blank', ' \n\n'], ['no YAML', '{{{'], ['a list', '- a\n- b\n'], ['something else', 'hello']])('a file that is %s is refused in a sentence', (_name, text) => {
    const file = join(place(), 'config');
    writeFileSync(file, text);
    const error = refusedConfig(at(file));
    expect(error.code).toBe('kubeconfig');
    expect(error.message).not.toMatch(/undefined|TypeError|Cannot read/);
  });

  test('names from a file drive no terminal', () => {
    const nasty = 'a\u001b[2J\u202eb\n# c';
    const error = refusedConfig(at(kubeconfig({ current: 'prod', contexts: { [nasty]: { cluster: 'prod', user: 'oncall' } } }), { context: `x${nasty}` }));
    expectHarmless([error.message, ...error.next].join('\n'), 'an unknown context');
  });
});

/** Writes a plugin that does what the script says; it notes each call in `calls`. */
function plugin(script: string): { readonly command: string; readonly calls: () => number } {
  const directory = place();
  const command = join(directory, 'plugin.sh');
  writeFileSync(command, `#!/bin/sh\necho call >> '${directory}/calls'\n${script}\n`);
  chmodSync(command, 0o755);
  return { command, calls: () => (existsSync(join(directory, 'calls')) ? readFileSync(join(directory, 'calls'), 'utf8').split('\n').length - 1 : 0) };
}

const credential = (status: object): string => `cat <<'END'\n${JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })}\nEND`;
const withExec = (exec: object, server = 'https://k8s.example.com', file?: string): string => kubeconfig({ current: 'prod', clusters: { prod: { server } }, users: { oncall: { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', ...exec } } } }, file);
const jwt = (exp: unknown): string => `e30.${Buffer.from(JSON.stringify({ sub: 'oncall', exp })).toString('base64url')}.c2ln`;

/** Of a client whose login ended with the year 2024. */
const EXPIRED = `-----BEGIN CERTIFICATE-----
MIIBCTCBsAIBATAKBggqhkjOPQQDAjARMQ8wDQYDVQQDDAZvbmNhbGwwHhcNMjQw
MTAxMDAwMDAwWhcNMjUwMTAxMDAwMDAwWjARMQ8wDQYDVQQDDAZvbmNhbGwwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAASkvR4MMuxttQ467NUYcfAO8FISpon70SCj
I8Nt50EhulNqXrXLQ0iATxA/wodhcQhxlEwJ5qW3BRMyloIPECOnMAoGCCqGSM49
BAMCA0gAMEUCIBPlfUTxzK2SyCFG0Qi9hrkq7TEcWp8e1v+LluQVS1c7AiEAtgyR
z78pBbHo5x843Rsk71Atfhr1RoRSWtuZlHA+Slg=
-----END CERTIFICATE-----
`;

describe('a login of its own', () => {
  const login = (user: object) => credentialsOf(openConfig(at(kubeconfig({ current: 'prod', users: { oncall: user } }))));

  test('a token, and when it ends where it says so', async () => {
    expect(await login({ token: 'opaque' })).toMatchObject({ headers: { authorization: 'Bearer opaque' }, expires: null });
    expect((await login({ token: jwt(1_763_679_600) })).expires).toBe(1_763_679_600_000);
    for (const token of [jwt('soon'), jwt(undefined), 'a.b.c', '..']) expect((await login({ token })).expires).toBeNull();
  });

  test('a certificate, and when it ends', async () => {
    const { tls, headers, expires } = await login({ 'client-certificate-data': Buffer.from(EXPIRED).toString('base64') });
    expect([String(tls.cert), headers, expires]).toEqual([EXPIRED, {}, Date.parse('2025-01-01T00:00:00Z')]);
  });

  // client-go: TokenFile takes precedence over Token, and what is read is trimmed; a relative path is one from the directory of the kubeconfig.
  test.each<[string, object]>([['alone', {}], ['beside a token', { token: 'older' }]])('a token in a file, %s', async (_name, beside) => {
    const directory = place();
    writeFileSync(join(directory, 'token'), 'from-file\n');
    const file = kubeconfig({ current: 'prod', users: { oncall: { tokenFile: 'token', ...beside } } }, join(directory, 'config'));
    expect((await credentialsOf(openConfig(at(file)))).headers).toEqual({ authorization: 'Bearer from-file' });
  });

  test('a token file that is empty or gone is named: nobody is asked as system:anonymous', async () => {
    const directory = place();
    writeFileSync(join(directory, 'empty'), '\n');
    for (const name of ['empty', 'gone']) {
      const error = await failure(credentialsOf(openConfig(at(kubeconfig({ current: 'prod', users: { oncall: { tokenFile: name } } }, join(directory, 'config'))))));
      expect([error.code, error.message]).toEqual(['kubeconfig', expect.stringContaining(join(directory, name))]);
    }
  });

  test('a name and a password', async () => expect((await login({ username: 'oncall', password: 'pässword' })).headers).toEqual({ authorization: `Basic ${Buffer.from('oncall:pässword').toString('base64')}` }));

  test('a file that is not there is named', async () => {
    const error = await failure(login({ 'client-certificate': 'gone.pem', 'client-key': 'gone.key' }));
    expect(error.code).toBe('kubeconfig');
    expect(error.next.join()).toContain('gone.pem');
  });
});

describe('a login plugin', () => {
  const login = (exec: object, patience?: number) => credentialsOf(openConfig(at(withExec(exec))), patience);

  test('gives a token', async () => {
    const { command, calls } = plugin(credential({ token: 'from-plugin', expirationTimestamp: '2099-01-01T00:00:00Z' }));
    expect((await login({ command })).headers).toEqual({ authorization: 'Bearer from-plugin' });
    expect(calls()).toBe(1);
  });

  test('gives a certificate', async () => {
    const { command } = plugin(credential({ clientCertificateData: EXPIRED, clientKeyData: 'key' }));
    const { tls, expires } = await login({ command });
    expect([String(tls.cert), String(tls.key), expires]).toEqual([EXPIRED, 'key', Date.parse('2025-01-01T00:00:00Z')]);
  });

  test('gets the arguments and variables that the kubeconfig has for it', async () => {
    const { command } = plugin('printf \'{"status":{"token":"%s-%s"}}\' "$1" "$CLUSTER"');
    expect((await login({ command, args: ['get-token'], env: [{ name: 'CLUSTER', value: 'prod' }] })).headers).toEqual({ authorization: 'Bearer get-token-prod' });
  });

  test('fails: what it says last is said', async () => {
    const { command } = plugin('echo "warning: old version" >&2; echo "Your session has expired. Run: sso login" >&2; exit 1');
    const error = await failure(login({ command }));
    expect(error).toMatchObject({ code: 'refused-login', message: `The login plugin "${command}" of context prod fails: Your session has expired. Run: sso login.` });
    expect(error.next).toContain('Log in with the tool that the plugin belongs to, then try: kubectl auth whoami');
  });

  test('fails without a word', async () => {
    const { command } = plugin('exit 3');
    expect((await failure(login({ command }))).message).toBe(`The login plugin "${command}" of context prod fails.`);
  });

  test('fails with words that would drive a terminal', async () => {
    const { command } = plugin(String.raw`printf 'x\033[2J\033]0;owned\007y\n' >&2; exit 1`);
    expectHarmless((await failure(login({ command }))).message, 'a plugin');
  });

  test('is not installed: its own hint says how it is', async () => {
    const error = await failure(login({ command: 'kubectl-no-such-login', installHint: 'Install it with: brew install no-such-login\nand then log in.' }));
    expect(error).toMatchObject({ code: 'refused-login', message: 'The login plugin "kubectl-no-such-login" of context prod is not installed or not in PATH.' });
    expect(error.next).toEqual(['Install it with: brew install no-such-login', 'Install it, or use another context with --context.']);
    expect((await failure(login({ command: 'kubectl-no-such-login' }))).next).toEqual(['Install it, or use another context with --context.']);
  });

  test('is there, and may not be started', async () => {
    const { command } = plugin('exit 0');
    chmodSync(command, 0o644);
    const error = await failure(login({ command }));
    expect(error.code).toBe('refused-login');
    expect(error.message).toContain(command);
  });

  test.each<[string, string]>([['text', 'echo hello'], ['nothing', 'true'], ['half an answer', 'printf \'{"status":\''], ['an object without a status', 'echo "{}"'], ['a status that is none', 'echo \'{"status":null}\''], ['a list', 'echo "[]"']])('answers with %s', async (_name, script) => {
    const { command } = plugin(script);
    const error = await failure(login({ command }));
    expect(error).toMatchObject({ code: 'refused-login', message: `The login plugin "${command}" of context prod answers with something that is no credential.` });
  });

  test.each<[string, string]>([['a status without one', credential({ expirationTimestamp: '2099-01-01T00:00:00Z' })], ['an empty one', credential({ token: '' })], ['null', 'echo null']])('gives no token: %s', async (_name, script) => {
    const { command } = plugin(script);
    const error = await failure(login({ command }));
    expect(error.code).toBe('refused-login');
    expect(error.message).toMatch(/gives neither a token nor a certificate|is no credential/);
  });

  test('is slow: nobody waits for ever', async () => {
    const { command } = plugin('exec sleep 4');
    const before = performance.now();
    const error = await failure(login({ command }, 1000));
    expect(error.message).toBe(`The login plugin "${command}" of context prod fails: it gives no answer within 1 s.`);
    expect(performance.now() - before).toBeLessThan(3500);
  });

  test('is slow, and still within the time that it has', async () => {
    const { command } = plugin(`sleep 0.3; ${credential({ token: 'late' })}`);
    expect((await login({ command }, 20_000)).headers).toEqual({ authorization: 'Bearer late' });
  });

  test('wants to know the cluster, which cannot be told to it: that is said where it fails', async () => {
    // The library leaves the variable empty that kubectl fills (verified-kube.md 3.5).
    const { command } = plugin('[ -n "$KUBERNETES_EXEC_INFO" ] || { echo "no cluster info" >&2; exit 1; }');
    expect((await failure(login({ command, provideClusterInfo: true }))).next[0]).toMatch(/provideClusterInfo, which realm-rescue cannot give to a plugin/);
    expect((await failure(login({ command }))).next.join()).not.toContain('provideClusterInfo');
  });

  test('wants to know the cluster, and gives nothing: that is said as well', async () => {
    const { command } = plugin(credential({}));
    expect((await failure(login({ command, provideClusterInfo: true }))).next.join()).toContain('provideClusterInfo');
  });

  // Kubernetes documentation, client-go credential plugins: a relative path is one from the directory of the kubeconfig.
  test('that is named by a relative path lies beside the kubeconfig', async () => {
    const directory = place();
    mkdirSync(join(directory, 'bin'));
    writeFileSync(join(directory, 'bin', 'login.sh'), `#!/bin/sh\n${credential({ token: 'beside' })}\n`);
    chmodSync(join(directory, 'bin', 'login.sh'), 0o755);
    const file = withExec({ command: './bin/login.sh' }, 'https://k8s.example.com', join(directory, 'config'));
    expect((await credentialsOf(openConfig(at(file)))).headers).toEqual({ authorization: 'Bearer beside' });
  });
});

describe('with a server', () => {
  let server: Server | null = null;
  afterEach(() => { server?.close(); server?.closeAllConnections(); server = null; });

  /** Answers to each request in turn, the last one again and again; gives what was heard. */
  async function listen(...answers: readonly (readonly [status: number, body: object | null])[]): Promise<{ readonly url: string; readonly heard: readonly string[] }> {
    const heard: string[] = [];
    server = createServer((request, response) => {
      heard.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'nobody'}`);
      const [status, body] = answers[Math.min(heard.length, answers.length) - 1] ?? [500, null];
      response.writeHead(status, { 'content-type': 'application/json' }).end(body === null ? '' : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => { server?.listen(0, '127.0.0.1', resolve); });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
  }

  const MAP = nameOf('configmap', 'iam', 'keycloak-realm');
  const found = [200, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'keycloak-realm', namespace: 'iam' }, data: {} }] as const;

  test('a plugin is asked once for many requests', async () => {
    const { url, heard } = await listen(found);
    const { command, calls } = plugin(credential({ token: 'abc' }));
    const api = openCluster(at(withExec({ command }, url)));
    for (let times = 0; times < 3; times += 1) expect((await api.get(MAP))?.metadata.name).toBe('keycloak-realm');
    await api.close();
    expect([calls(), heard]).toEqual([1, Array.from({ length: 3 }, () => 'GET /api/v1/namespaces/iam/configmaps/keycloak-realm Bearer abc')]);
  });

  test('where a plugin gives no token nothing is sent: it would go out as system:anonymous', async () => {
    const { url, heard } = await listen(found);
    const api = openCluster(at(withExec({ command: plugin(credential({})).command }, url)));
    expect((await failure(api.get(MAP))).code).toBe('refused-login');
    await api.close();
    expect(heard).toEqual([]);
  });

  test('a token that was revoked is asked for anew, once; then it is said', async () => {
    const { url, heard } = await listen([401, null], found);
    const { command, calls } = plugin(`${credential({ token: 'abc' })}`);
    const api = openCluster(at(withExec({ command }, url)));
    expect((await api.get(MAP))?.metadata.name).toBe('keycloak-realm');
    await api.close();
    expect([calls(), heard.length]).toEqual([2, 2]);
    const refused = await listen([401, null]);
    const other = plugin(credential({ token: 'abc' }));
    const again = openCluster(at(withExec({ command: other.command }, refused.url)));
    expect(await failure(again.get(MAP))).toMatchObject({ code: 'refused-login', message: 'The API server does not take the login of context prod.' });
    await again.close();
    expect([other.calls(), refused.heard.length]).toEqual([2, 2]);
  });

  test('a token that has ended says when it did', async () => {
    const { url } = await listen([401, null]);
    const file = kubeconfig({ current: 'prod', clusters: { prod: { server: url } }, users: { oncall: { token: jwt(Date.parse('2026-11-20T22:00:00Z') / 1000) } } });
    const api = openCluster(at(file), () => Date.parse('2026-11-20T23:00:00Z'));
    expect((await failure(api.get(MAP))).message).toBe('The API server does not take the login of context prod, it ended at 2026-11-20T22:00:00Z.');
    await api.close();
  });

  test('a run that only reads sends no patch, and may ask by a dry run', async () => {
    const { url, heard } = await listen(found);
    const api = openCluster(at(kubeconfig({ current: 'prod', clusters: { prod: { server: url } } }), { readOnly: true }));
    expect((await failure(api.patch(MAP, {}))).code).toBe('usage');
    expect(heard).toEqual([]);
    await api.patch(MAP, {}, { dryRun: true });
    await api.close();
    expect(heard).toEqual([expect.stringMatching(/^PATCH .*fieldManager=realm-rescue&fieldValidation=Strict&dryRun=All Bearer abc$/)]);
  });
});

describe('what --from names', () => {
  test.each<[string, string, string, string | null]>([
    ['configmap:iam/keycloak-realm', 'ConfigMap iam', 'keycloak-realm', null],
    ['configmap:iam/keycloak-realm/realm.json', 'ConfigMap iam', 'keycloak-realm', 'realm.json'],
    ['configmap:iam/keycloak-realm/a/b', 'ConfigMap iam', 'keycloak-realm', 'a/b'],
    ['configmap:keycloak-realm', 'ConfigMap default', 'keycloak-realm', null],
    ['secret:iam/realm/realm.json', 'Secret iam', 'realm', 'realm.json'],
    ['job:iam/keycloak-import', 'Job iam', 'keycloak-import', null],
    ['realmimport:iam/primary', 'KeycloakRealmImport iam', 'primary', null],
    ['keycloakrealmimport:iam/primary', 'KeycloakRealmImport iam', 'primary', null],
    ['application:argocd/keycloak', 'Application argocd', 'keycloak', null],
    ['kustomization:flux-system/keycloak', 'Kustomization flux-system', 'keycloak', null],
    ['helmrelease:iam/keycloak', 'HelmRelease iam', 'keycloak', null],
  ])('%s', (spec, where, name, key) => {
    const { objects: [object, ...others], namespace, key: of } = parseFrom(spec, 'default');
    expect([`${object.resource.kind} ${object.namespace}`, object.name, of]).toEqual([where, name, key]);
    expect([namespace, others]).toEqual([object.namespace, []]);
  });

  // Which of the two operators has it, only the cluster can say.
  test.each([['keycloakrealm', 'keycloakrealms'], ['keycloakclient', 'keycloakclients']])('%s: of either operator', (word, plural) => {
    const { objects } = parseFrom(`${word}:iam/primary`, 'default');
    expect(objects.map(({ resource, namespace, name }) => `${resource.plural}.${resource.group} ${namespace}/${name}`)).toEqual([`${plural}.keycloak.org iam/primary`, `${plural}.v1.edp.epam.com iam/primary`]);
  });

  test.each(['', 'configmap', 'configmap:', 'configmap:/x', 'ConfigMap:iam/x', 'deployment:iam/x', 'appproject:argocd/default', 'application:argocd/keycloak/key', 'job:iam/import/key', 'keycloakrealm:iam/primary/key', 'constructor:iam/x', 'file:realm.json', 'iam/keycloak-realm'])('%j is refused', (spec) => {
    expect(() => parseFrom(spec, 'default')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
