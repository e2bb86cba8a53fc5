// The kubeconfig that kubectl would use.
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openConfig } from '../../src/kubernetes/config.ts';
import { credentialsOf } from '../../src/kubernetes/credentials.ts';
import type { ClusterTarget } from '../../src/kubernetes/target.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { expectHarmless } from '../harness/harmless.ts';
import { sessionPlace } from '../harness/tool.ts';
import { at, kubeconfig, target, type Shape } from './kubeconfigs.ts';

function refusedConfig(of: ClusterTarget): RescueError {
  try {
    openConfig(of);
  } catch (error) {
    if (error instanceof RescueError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('where none is', () => {
  test.each<[string, () => Readonly<Record<string, string | undefined>>]>([
    ['no HOME', () => ({})],
    ['an empty HOME', () => ({ HOME: '' })],
    ['an empty home', () => ({ HOME: sessionPlace() })],
    ['an empty .kube', () => { const home = sessionPlace(); mkdirSync(join(home, '.kube')); return { HOME: home }; }],
    ['an empty KUBECONFIG', () => ({ HOME: sessionPlace(), KUBECONFIG: '' })],
    ['a pod without an account', () => ({ HOME: sessionPlace(), KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' })],
  ])('%s: it is refused, and http://localhost:8080 is not tried', (_name, environment) => {
    expect(refusedConfig(target({ environment: environment() }))).toMatchObject({ code: 'kubeconfig', message: 'No kubeconfig is found, and this is no pod with a service account: no cluster is known.' });
  });

  test('the one that a flag names is not there', () => {
    const error = refusedConfig(at('/nowhere/config', { environment: { HOME: sessionPlace() } }));
    expect(error.message).toBe('There is no kubeconfig at /nowhere/config.');
    expect(error.next).toEqual(['Name one with --kubeconfig FILE (or KUBECONFIG), or log in to the cluster so that ~/.kube/config exists.']);
  });

  test('those that KUBECONFIG names are not there, and the usual one is not taken for them', () => {
    const home = sessionPlace();
    kubeconfig({ current: 'prod' }, join(home, '.kube', 'config'));
    const missing = (...files: readonly string[]) => refusedConfig(target({ environment: { HOME: home, KUBECONFIG: files.join(delimiter) } })).message;
    expect(missing('/nowhere/a')).toBe('KUBECONFIG names /nowhere/a, which is not there.');
    expect(missing('/nowhere/a', '/nowhere/b')).toBe('KUBECONFIG names /nowhere/a and /nowhere/b, which are not there.');
  });
});

describe('which one', () => {
  test('the usual one; KUBECONFIG before it; the flag before both', () => {
    const home = sessionPlace();
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
    const directory = sessionPlace();
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
    const file = join(sessionPlace(), 'config');
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
