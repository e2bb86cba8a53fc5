// A user of the kubeconfig that acts as another one: what goes over the wire, read by a server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openCluster } from '../../src/kubernetes/api.ts';
import { openConfig } from '../../src/kubernetes/config.ts';
import type { ClusterTarget } from '../../src/kubernetes/target.ts';

const root = mkdtempSync(join(tmpdir(), 'realm-rescue-impersonation-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;

function kubeconfig(user: object, server = 'https://k8s.example.com', name = 'oncall'): string {
  const file = join(root, `config-${made += 1}`);
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'prod', contexts: [{ name: 'prod', context: { cluster: 'prod', user: name } }], clusters: [{ name: 'prod', cluster: { server } }], users: [{ name, user }] }));
  return file;
}
const at = (kubeconfigFile: string): ClusterTarget => ({ kubeconfig: kubeconfigFile, userAgent: 'realm-rescue/test', environment: {}, readOnly: false });

/** The headers of one request about whom to act as, name and value in turn, as they came. */
async function sent(user: object): Promise<readonly (readonly [string, string])[]> {
  const heard: (readonly [string, string])[] = [];
  const server = createServer((request, response) => {
    const { rawHeaders } = request;
    for (let index = 0; index < rawHeaders.length; index += 2) heard.push([(rawHeaders[index] ?? '').toLowerCase(), Buffer.from(rawHeaders[index + 1] ?? '', 'latin1').toString('utf8')]);
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const api = openCluster(at(kubeconfig(user, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)));
  try {
    await api.version('argoproj.io');
  } finally {
    await api.close();
    server.close();
  }
  return heard.filter(([name]) => name.startsWith('impersonate-') || name === 'authorization');
}

test.each<[string, object, readonly (readonly [string, string])[]]>([
  ['nobody', {}, []],
  ['a user', { as: 'oncall@example.org' }, [['impersonate-user', 'oncall@example.org']]],
  ['a user of no groups', { as: 'oncall', 'as-groups': [], 'as-uid': '', 'as-user-extra': {} }, [['impersonate-user', 'oncall']]],
  ['a user of two groups: a header each', { as: 'oncall', 'as-groups': ['sre', 'system:authenticated'] }, [['impersonate-user', 'oncall'], ['impersonate-group', 'sre'], ['impersonate-group', 'system:authenticated']]],
  ['a user with a uid', { as: 'oncall', 'as-uid': '06f6ce97' }, [['impersonate-user', 'oncall'], ['impersonate-uid', '06f6ce97']]],
  ['a user with extras, whose keys may hold what no header name may', { as: 'oncall', 'as-user-extra': { scopes: ['view', 'edit'], 'example.org/reason%': ['ticket 1'], none: [] } },
    [['impersonate-user', 'oncall'], ['impersonate-extra-scopes', 'view'], ['impersonate-extra-scopes', 'edit'], ['impersonate-extra-example.org%2freason%25', 'ticket 1']]],
  ['names in other letters', { as: 'jürgen', 'as-groups': ['当番'], 'as-user-extra': { grund: ['störung'] } }, [['impersonate-user', 'jürgen'], ['impersonate-group', '当番'], ['impersonate-extra-grund', 'störung']]],
])('%s', async (_name, user, headers) => {
  expect(await sent({ token: 'abc', ...user })).toEqual(expect.arrayContaining([['authorization', 'Bearer abc']]));
  expect((await sent({ token: 'abc', ...user })).filter(([name]) => name !== 'authorization')).toEqual(headers);
});

test.each<[string, object]>([['groups', { 'as-groups': ['sre'] }], ['a uid', { 'as-uid': '1' }], ['extras', { 'as-user-extra': { scopes: ['view'] } }]])('%s of nobody are refused, as kubectl refuses them', (_name, user) => {
  expect(() => openConfig(at(kubeconfig(user)))).toThrow(expect.objectContaining({ code: 'kubeconfig', message: expect.stringMatching(/^User "oncall" of the kubeconfig asks for groups.*does not say as whom\.$/), next: [expect.stringContaining('as: NAME')] }));
});

test.each<[string, object]>([['user', { as: 'a\nb' }], ['group', { as: 'a', 'as-groups': ['b\r\nimpersonate-group: system:masters'] }], ['extra', { as: 'a', 'as-user-extra': { k: ['\u0000'] } }]])('a %s that would be more than one header is refused', (_name, user) => {
  expect(() => openConfig(at(kubeconfig(user)))).toThrow(expect.objectContaining({ code: 'kubeconfig', message: expect.stringContaining('control character') }));
});

test('of two users of one name the first counts, with all that it says', () => {
  const KUBECONFIG = [kubeconfig({ as: 'first', 'as-groups': ['one'] }), kubeconfig({ as: 'second', 'as-groups': ['two'] })].join(delimiter);
  expect(openConfig({ userAgent: 'test', environment: { KUBECONFIG }, readOnly: false }).impersonation).toEqual({ 'impersonate-user': 'first', 'impersonate-group': ['one'] });
});
