// The login that a kubeconfig leads to, and what a server gets of it. Plugins are real programs here.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { openCluster } from '../../src/kubernetes/api.ts';
import { openConfig } from '../../src/kubernetes/config.ts';
import { credentialsOf } from '../../src/kubernetes/credentials.ts';
import { failure } from '../harness/failure.ts';
import { expectHarmless } from '../harness/harmless.ts';
import { sessionPlace } from '../harness/tool.ts';
import { at, credential, EXPIRED, jwt, kubeconfig, plugin, withExec } from './kubeconfigs.ts';

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
    const directory = sessionPlace();
    writeFileSync(join(directory, 'token'), 'from-file\n');
    const file = kubeconfig({ current: 'prod', users: { oncall: { tokenFile: 'token', ...beside } } }, join(directory, 'config'));
    expect((await credentialsOf(openConfig(at(file)))).headers).toEqual({ authorization: 'Bearer from-file' });
  });

  test('a token file that is empty or gone is named: nobody is asked as system:anonymous', async () => {
    const directory = sessionPlace();
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
    const { command } = plugin('exec sleep 60');
    const before = performance.now();
    const error = await failure(login({ command }, 1000));
    expect(error.message).toBe(`The login plugin "${command}" of context prod fails: it gives no answer within 1 s.`);
    expect(performance.now() - before).toBeLessThan(40_000);
  });

  test('is slow, and still within the time that it has', async () => {
    const { command } = plugin(`sleep 0.3; ${credential({ token: 'late' })}`);
    expect((await login({ command }, 20_000)).headers).toEqual({ authorization: 'Bearer late' });
  });

  test('is told nothing of the cluster where the kubeconfig does not ask for that', async () => {
    const { command } = plugin('printf \'{"status":{"token":"%s"}}\' "$(printf %s "$KUBERNETES_EXEC_INFO" | base64 -w0)"');
    const told = async (exec: object) => JSON.parse(Buffer.from(String((await login({ command, ...exec })).headers['authorization']).replace('Bearer ', ''), 'base64').toString('utf8')) as object;
    expect(await told({})).toMatchObject({ spec: { interactive: false } });
    expect(await told({ provideClusterInfo: true })).toMatchObject({ spec: { interactive: false, cluster: { server: 'https://k8s.example.com', config: null } } });
    expect(await told({ provideClusterInfo: false })).not.toHaveProperty('spec.cluster');
  });

  // Kubernetes documentation, client-go credential plugins: a relative path is one from the directory of the kubeconfig.
  test('that is named by a relative path lies beside the kubeconfig', async () => {
    const directory = sessionPlace();
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
