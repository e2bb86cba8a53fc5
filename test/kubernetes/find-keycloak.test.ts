import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { RescueError } from '../../src/realm/errors.ts';
import { resolveTarget } from '../../src/commands/target.ts';
import type { Flags } from '../../src/commands/options.ts';
import { findKeycloak } from '../../src/kubernetes/find-keycloak.ts';
import type { KubeObject } from '../../src/gitops/controllers/object.ts';
import { decideTerminal } from '../../src/ui/terminal.ts';
import { sessionPlace } from '../harness/tool.ts';
import { fakeApi, type FakeOptions } from './fake-api.ts';

const PASSWORD = 'a-password-that-is-nowhere-else';
const make = (apiVersion: string, kind: string, name: string, rest: JsonObject = {}, namespace = 'iam'): KubeObject => ({ apiVersion, kind, metadata: { name, namespace }, ...rest }) as KubeObject;
const secret = (name: string, texts: Readonly<Record<string, string>>): KubeObject => make('v1', 'Secret', name, { data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')])) });
const keycloak = (rest: JsonObject, name = 'sso', group = 'k8s.keycloak.org/v2alpha1'): KubeObject => make(group, 'Keycloak', name, rest);
const admin = { username: 'admin', password: PASSWORD };

/** A chart's StatefulSet with its Service. */
function chart(container: JsonObject, pod: JsonObject = {}, service: JsonObject = {}): readonly KubeObject[] {
  return [
    make('apps/v1', 'StatefulSet', 'keycloak', { spec: { template: { metadata: { labels: { app: 'keycloak', tier: 'x' } }, spec: { containers: [{ name: 'keycloak', image: 'quay.io/keycloak/keycloak:26.0.8', ...container }], ...pod } } } }),
    make('v1', 'Service', 'keycloak-headless', { spec: { clusterIP: 'None', selector: { app: 'keycloak' }, ports: [{ name: 'http', port: 8080 }] } }),
    make('v1', 'Service', 'keycloak-http', { spec: { selector: { app: 'keycloak' }, ports: [{ name: 'metrics', port: 9000 }, { name: 'http', port: 80 }], ...service } }),
  ];
}

const ingress = (host: string, path: string, rest: JsonObject = {}, name = 'keycloak'): KubeObject =>
  make('networking.k8s.io/v1', 'Ingress', name, { spec: { rules: [{ host, http: { paths: [{ path, pathType: 'Prefix', backend: { service: { name: 'keycloak-http', port: { name: 'http' } } } }] } }], ...rest } });
const tls = (host: string): JsonObject => ({ tls: [{ hosts: [host], secretName: 'tls' }] });
const fromSecret = (name: string, secretName: string, key: string): JsonObject => ({ name, valueFrom: { secretKeyRef: { name: secretName, key } } });
const BOOTSTRAP = { env: [{ name: 'KC_BOOTSTRAP_ADMIN_USERNAME', value: 'root' }, fromSecret('KC_BOOTSTRAP_ADMIN_PASSWORD', 'kc', 'pw')] };
const KC = secret('kc', { pw: PASSWORD });

const find = (objects: readonly KubeObject[], options: FakeOptions = {}, search: Partial<Parameters<typeof findKeycloak>[1]> = {}) => findKeycloak(fakeApi(objects, options), { namespace: 'iam', ...search });
const failure = async (promise: Promise<unknown>): Promise<RescueError> => {
  const error = await promise.then(() => null, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RescueError);
  return error as RescueError;
};

describe('the custom resource of an operator', () => {
  it.each([
    ['endpoints.admin, and not its console', { admin: 'https://sso.example.com/admin', public: 'https://public', internal: 'http://sso.iam.svc:8080' }, 'https://sso.example.com'],
    ['endpoints.public', { public: 'https://sso.example.com/auth/', internal: 'http://sso.iam.svc:8080' }, 'https://sso.example.com/auth'],
  ])('is reached by %s', async (_, endpoints, url) => {
    const found = await find([keycloak({ status: { endpoints } }, 'sso', 'vriesdemichael.github.io/v1'), secret('sso-admin-credentials', admin)]);
    expect(found).toEqual({ url, username: 'admin', password: PASSWORD, from: 'Keycloak iam/sso', notes: [] });
  });

  it('is only reached from within by endpoints.internal, and it is said how to get there', async () => {
    const objects = [keycloak({ status: { endpoints: { internal: 'http://sso.iam.svc.cluster.local:8080/auth' } } }), secret('sso-admin-credentials', admin)];
    const found = await find(objects);
    expect(found.url).toBe('http://sso.iam.svc.cluster.local:8080/auth');
    expect(found.notes).toEqual(['http://sso.iam.svc.cluster.local:8080/auth is an address within the cluster: reach it with kubectl port-forward -n iam service/sso 18080:8080, and give --url http://localhost:18080/auth']);
    expect((await find(objects, { context: 'in-cluster' })).notes).toEqual([]);
  });

  it.each([
    [{ hostname: { hostname: 'sso.example.com' }, additionalOptions: [{ name: 'http-relative-path', value: '/auth/' }] }, 'https://sso.example.com/auth'],
    [{ hostname: { hostname: 'https://sso.example.com', admin: 'https://admin.example.com:8443/auth' } }, 'https://admin.example.com:8443/auth'],
    [{ hostname: 'sso.example.com' }, 'https://sso.example.com'],
  ])('is reached by its hostname: %j', async (spec, url) => {
    expect((await find([keycloak({ spec }), secret('sso-initial-admin', admin)])).url).toBe(url);
  });

  it('without a hostname is reached by the Service that the operator makes', async () => {
    expect((await find([keycloak({ spec: {} }), secret('sso-initial-admin', admin), make('v1', 'Service', 'sso-service', { spec: { selector: { app: 'keycloak' }, ports: [{ name: 'https', port: 8443 }, { name: 'management', port: 9000 }] } })])).url).toBe('https://sso-service.iam.svc:8443');
  });

  it.each([
    ['the Secret that it names', { admin: { existingSecret: 'mine' } }, 'mine'],
    ['that of its bootstrap administrator', { bootstrapAdmin: { user: { secret: 'mine' } } }, 'mine'],
    ['NAME-admin-credentials', {}, 'sso-admin-credentials'],
    ['NAME-initial-admin', {}, 'sso-initial-admin'],
  ])('has its administrator in %s', async (_, spec, name) => {
    const others = ['mine', 'sso-admin-credentials', 'sso-initial-admin'].slice(['mine', 'sso-admin-credentials', 'sso-initial-admin'].indexOf(name) + 1);
    const found = await find([keycloak({ spec: { hostname: { hostname: 'sso.example.com' }, ...spec } }), secret(name, admin), ...others.map((other) => secret(other, { username: 'another', password: 'x' }))]);
    expect([found.username, found.password]).toEqual(['admin', PASSWORD]);
    expect(found.notes.some((note) => note.includes('first administrator'))).toBe(name.endsWith('-initial-admin'));
  });

  it('has none where no Secret is there, and never another one than it names', async () => {
    const spec = { hostname: { hostname: 'sso.example.com' } };
    expect(await find([keycloak({ spec })])).toMatchObject({ username: null, password: null, notes: [expect.stringContaining('iam/sso-admin-credentials, iam/sso-initial-admin')] });
    expect(await find([keycloak({ spec: { ...spec, admin: { existingSecret: 'gone' } } }), secret('sso-admin-credentials', admin)])).toMatchObject({ username: null, notes: [expect.stringContaining('Secret iam/gone')] });
  });

  it('is one Keycloak together with the StatefulSet that the operator makes of it', async () => {
    const made = { ...chart(BOOTSTRAP)[0], metadata: { name: 'sso', namespace: 'iam', ownerReferences: [{ apiVersion: 'k8s.keycloak.org/v2alpha1', kind: 'Keycloak', name: 'sso' }] } } as KubeObject;
    expect((await find([keycloak({ spec: { hostname: { hostname: 'sso.example.com' } } }), made, secret('sso-initial-admin', admin)])).from).toBe('Keycloak iam/sso');
  });
});

describe('a workload of a chart', () => {
  it('of CloudPirates is reached by its Ingress, with the path that it serves under', async () => {
    const found = await find([...chart({ ...BOOTSTRAP, env: [...BOOTSTRAP.env, { name: 'KC_HTTP_RELATIVE_PATH', value: '/auth' }], args: ['start', '--hostname=sso.example.com'] }), ingress('sso.example.com', '/auth', tls('sso.example.com')), KC]);
    expect(found).toEqual({ url: 'https://sso.example.com/auth', username: 'root', password: PASSWORD, from: 'StatefulSet iam/keycloak', notes: [] });
  });

  it('of bitnami has its variables in a ConfigMap and its password in a mounted file', async () => {
    const container = {
      image: 'bitnami/keycloak:26.3.3', envFrom: [{ configMapRef: { name: 'kc-env-vars' } }], env: [{ name: 'KC_BOOTSTRAP_ADMIN_PASSWORD_FILE', value: '/opt/bitnami/keycloak/secrets/admin-password' }],
      volumeMounts: [{ name: 'other', mountPath: '/opt/bitnami/keycloak/secret' }, { name: 'secrets', mountPath: '/opt/bitnami/keycloak/secrets' }],
    };
    const found = await find([
      ...chart(container, { volumes: [{ name: 'secrets', projected: { sources: [{ secret: { name: 'db' } }, { secret: { name: 'kc', items: [{ key: 'pw', path: 'admin-password' }] } }] } }] }),
      secret('db', { password: 'x' }), secret('kc', { pw: `${PASSWORD}\n` }), make('v1', 'ConfigMap', 'kc-env-vars', { data: { KEYCLOAK_ADMIN: 'user', KEYCLOAK_HOSTNAME: 'http://sso.example.com/' } }), ingress('sso.example.com', '/'),
    ]);
    expect(found).toMatchObject({ url: 'http://sso.example.com', username: 'user', password: PASSWORD });
  });

  it('of codecentric sets the older names, and of several hosts the one for administrators is taken', async () => {
    const env = [{ name: 'KEYCLOAK_ADMIN', value: 'admin' }, fromSecret('KEYCLOAK_ADMIN_PASSWORD', 'kc', 'pw'), { name: 'KC_HOSTNAME_ADMIN', value: 'admin.example.com' }];
    const found = await find([...chart({ env, args: ['start'] }), ingress('sso.example.com', '/', tls('sso.example.com'), 'a'), ingress('admin.example.com', '/', {}, 'b'), KC]);
    expect(found).toMatchObject({ url: 'https://admin.example.com', username: 'admin', notes: ['Ingress also leads to it from sso.example.com; --url decides otherwise'] });
  });

  it('is not reached by an Ingress that leaves the Admin API out, or that leads elsewhere', async () => {
    const objects = [...chart(BOOTSTRAP), ingress('realms.example.com', '/realms/', tls('realms.example.com'), 'a'), ingress('*.example.com', '/', {}, 'b'), make('networking.k8s.io/v1', 'Ingress', 'c', { spec: { rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', backend: { service: { name: 'shop' } } }] } }] } }), KC];
    const found = await find(objects);
    expect(found.url).toBe('http://keycloak-http.iam.svc:80');
    expect(found.notes).toEqual(['http://keycloak-http.iam.svc:80 is an address within the cluster: reach it with kubectl port-forward -n iam service/keycloak-http 18080:80, and give --url http://localhost:18080']);
    expect((await find([...objects, ingress('sso.example.com', '/admin/', {}, 'd')])).url).toBe('https://sso.example.com');
  });

  it('is reached with TLS where it can be', async () => {
    const found = await find([...chart(BOOTSTRAP), ingress('plain.example.com', '/', {}, 'a'), ingress('sso.example.com', '/', tls('sso.example.com'), 'b'), KC]);
    expect(found).toMatchObject({ url: 'https://sso.example.com', notes: ['Ingress also leads to it from plain.example.com; --url decides otherwise'] });
  });

  it('without an Ingress is reached by the name that it has', async () => {
    expect((await find([...chart({ ...BOOTSTRAP, args: ['start', '--hostname', 'https://sso.example.com:8443'] }), KC])).url).toBe('https://sso.example.com:8443');
  });

  it('of the WildFly distribution serves under /auth', async () => {
    expect((await find([...chart({ image: 'jboss/keycloak:16.1.1', env: [{ name: 'KEYCLOAK_USER', value: 'admin' }, fromSecret('KEYCLOAK_PASSWORD', 'kc', 'pw')] }), ingress('sso.example.com', '/auth'), KC])).url).toBe('https://sso.example.com/auth');
  });

  it('is told from what only has the word in its image', async () => {
    const beside = (image: string, name: string, env: JsonObject[] = []) => make('apps/v1', 'Deployment', name, { spec: { template: { spec: { containers: [{ name: 'c', image, env }] } } } });
    const found = await find([...chart(BOOTSTRAP), beside('quay.io/keycloak/keycloak-operator:26', 'operator'), beside('adorsys/keycloak-config-cli:6', 'cli', [{ name: 'KEYCLOAK_URL', value: 'x' }]), beside('registry/jitsi-keycloak:1', 'adapter'), KC]);
    expect(found.from).toBe('StatefulSet iam/keycloak');
  });

  it('without a first administrator has none', async () => {
    expect(await find([...chart({ args: ['start'] }), KC])).toMatchObject({ username: null, password: null, notes: expect.arrayContaining(['It is started without a first administrator that could be read']) });
  });
});

describe('what cannot be found', () => {
  it('are several: they are named', async () => {
    const error = await failure(findKeycloak(fakeApi([keycloak({}), ...chart(BOOTSTRAP)]), { namespace: null }));
    expect(error).toMatchObject({ code: 'usage', message: 'There are 2 Keycloaks to choose from: Keycloak iam/sso, StatefulSet iam/keycloak.' });
    // All of them are in one namespace.
    expect(error.next).toEqual(['Give the address of the right one with --url.']);
    expect((await failure(findKeycloak(fakeApi([keycloak({}), make('k8s.keycloak.org/v2alpha1', 'Keycloak', 'sso', {}, 'stage')]), { namespace: null }))).next.join()).toMatch(/--namespace.*--url/);
    expect((await find([keycloak({ spec: { hostname: 'a.example.com' } }), ...chart(BOOTSTRAP), secret('sso-initial-admin', admin)], {}, { name: 'sso' })).from).toBe('Keycloak iam/sso');
  });

  it('is none', async () => {
    expect(await failure(find([]))).toMatchObject({ code: 'object-not-found', message: expect.stringContaining('No Keycloak is found in namespace iam of context prod') });
  });

  it('is looked for in the namespace of the context, and then in all', async () => {
    expect((await findKeycloak(fakeApi([...chart(BOOTSTRAP), KC], { namespace: 'tools' }), { namespace: null })).from).toBe('StatefulSet iam/keycloak');
    const api = fakeApi([...chart(BOOTSTRAP), keycloak({}, 'other'), KC].map((object, index) => (index === 3 ? { ...object, metadata: { ...object.metadata, namespace: 'b' } } : object)), { namespace: 'iam' });
    expect((await findKeycloak(api, { namespace: null })).from).toBe('StatefulSet iam/keycloak');
    expect(api.calls.some((call) => call.startsWith('list statefulsets *'))).toBe(false);
  });

  it('may not be looked at: the rule to add is named, and the way around it', async () => {
    const error = await failure(find(chart(BOOTSTRAP), { forbidden: (verb) => verb === 'list' }));
    expect(error.code).toBe('missing-role');
    expect(error.next).toEqual(expect.arrayContaining(['Have added to a Role in namespace iam: apiGroups ["apps"], resources ["statefulsets"], verbs ["list"].', 'Check --namespace and --context, or give its address with --url.']));
  });

  it('is a Secret that may not be read', async () => {
    for (const objects of [[...chart(BOOTSTRAP), KC], [keycloak({ spec: { hostname: 'a.example.com' } }), secret('sso-admin-credentials', admin)]]) {
      const error = await failure(find(objects, { forbidden: (_, plural) => plural === 'secrets' }));
      expect(error).toMatchObject({ code: 'missing-role', message: expect.stringContaining('oncall may not get secrets in namespace iam') });
      expect(error.next).toEqual(['Have added to a Role in namespace iam: apiGroups [""], resources ["secrets"], verbs ["get"].', 'Or give --username (KEYCLOAK_USER) and KEYCLOAK_PASSWORD: then no Secret is read.']);
    }
  });

  it('is another Secret than the one that may be read: a Role may be for that one alone', async () => {
    const found = await find([keycloak({ spec: { hostname: 'a.example.com' } }), secret('sso-initial-admin', admin)], { forbidden: (_, plural, __, name) => plural === 'secrets' && name !== 'sso-initial-admin' });
    expect(found.username).toBe('admin');
  });

  it('is no Secret where none is needed', async () => {
    const api = fakeApi([...chart({ env: [...BOOTSTRAP.env, fromSecret('KC_HOSTNAME', 'kc', 'host')], envFrom: [{ secretRef: { name: 'more' } }] }), KC], { forbidden: (_, plural) => plural === 'secrets' });
    expect(await findKeycloak(api, { namespace: 'iam', login: false })).toMatchObject({ username: null, password: null });
    expect(api.calls.filter((call) => call.includes('secrets'))).toEqual([]);
  });

  it('is an address: what may not be listed is said', async () => {
    const [statefulSet] = chart(BOOTSTRAP);
    const objects = [statefulSet as KubeObject, KC];
    expect(await failure(find(objects))).toMatchObject({ code: 'object-not-found', message: 'StatefulSet iam/keycloak is found, and how it is reached is not: no Ingress leads to it, and it names no hostname.' });
    expect(await failure(find(objects, { forbidden: (_, plural) => plural === 'services' }))).toMatchObject({ code: 'missing-role', next: expect.arrayContaining(['Or give its address with --url.']) });
  });

  it('never brings a password into a message', async () => {
    const errors = await Promise.all([failure(find([keycloak({}), ...chart(BOOTSTRAP), KC])), failure(find([chart(BOOTSTRAP)[0] as KubeObject, KC]))]);
    const found = await find([...chart(BOOTSTRAP), KC]);
    for (const text of [...errors.flatMap((error) => [error.message, ...error.next]), ...found.notes, found.from, found.url]) expect(text).not.toContain(PASSWORD);
  });
});

describe('the target of a command', () => {
  const stop: (() => void)[] = [];
  afterEach(() => {
    vi.restoreAllMocks();
    for (const end of stop.splice(0)) end();
  });

  /** An API server of these objects, on the loopback, without a login. */
  async function cluster(objects: readonly KubeObject[]): Promise<string> {
    const api = fakeApi(objects);
    const server = createServer((request, response) => {
      const answer = (status: number, body: Json) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      const [, , group = '', version, ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
      if (request.url?.startsWith('/apis/') && version === undefined) return void api.version(group).then((found) => answer(found === null ? 404 : 200, { preferredVersion: { version: found } }));
      const [namespaces, namespace, plural = '', name] = request.url?.startsWith('/apis/') ? rest : [version, ...rest];
      if (namespaces !== 'namespaces') return answer(404, {});
      const kinds = Object.entries({ statefulsets: 'StatefulSet', deployments: 'Deployment', secrets: 'Secret', configmaps: 'ConfigMap', services: 'Service', ingresses: 'Ingress', keycloaks: 'Keycloak' });
      const kind = kinds.find(([word]) => word === plural)?.[1] ?? '';
      const items = objects.filter((object) => object.kind === kind && object.metadata.namespace === namespace);
      if (name === undefined) return answer(200, { metadata: {}, items: items as Json });
      const found = items.find(({ metadata }) => metadata.name === name);
      return found ? answer(200, found) : answer(404, {});
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    stop.push(() => server.close());
    const address = server.address();
    const file = join(sessionPlace(), 'kubeconfig');
    writeFileSync(file, JSON.stringify({
      apiVersion: 'v1', kind: 'Config', 'current-context': 'prod', contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }], users: [{ name: 'u', user: {} }],
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${typeof address === 'object' ? address?.port ?? 0 : 0}` } }],
    }));
    return file;
  }

  async function target(flags: Flags, environment: Readonly<Record<string, string>> = {}) {
    const said: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(said.push(String(text))));
    const stdout = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const secrets = new Set<string>();
    const terminal = decideTerminal({ flags: { json: true }, env: {}, stdinIsTTY: false, stdoutIsTTY: false, columns: undefined, rows: undefined });
    const resolved = await resolveTarget({ command: 'doctor', flags: { realm: 'primary', ...flags }, words: [], environment, secrets }, terminal);
    expect(stdout).not.toHaveBeenCalled();
    return { ...resolved, secrets, said: said.join('') };
  }

  const objects = [...chart(BOOTSTRAP), ingress('sso.example.com', '/', tls('sso.example.com')), KC];

  it('comes from the cluster, and one line on standard error says so', async () => {
    const found = await target({ kubeconfig: await cluster(objects), namespace: 'iam' });
    expect(found).toMatchObject({ url: 'https://sso.example.com', username: 'root', password: PASSWORD });
    expect(found.said).toBe('Keycloak from the cluster: https://sso.example.com as root, from StatefulSet iam/keycloak\n');
    expect(found.secrets).toEqual(new Set([PASSWORD]));
  });

  it('is found beside what carries the realm', async () => {
    expect(await target({ kubeconfig: await cluster(objects), from: 'configmap:iam/realm' })).toMatchObject({ url: 'https://sso.example.com' });
  });

  it('is what flags and environment say before that', async () => {
    const kubeconfig = await cluster(objects);
    const both = await target({ kubeconfig, namespace: 'iam', url: 'https://other.example.com', username: 'me' }, { KEYCLOAK_PASSWORD: 'mine' });
    expect(both).toMatchObject({ url: 'https://other.example.com', username: 'me', password: 'mine', said: '' });
    const [statefulSet, ...others] = objects;
    const named = await target({ kubeconfig: await cluster([statefulSet as KubeObject, ...others].filter(({ kind }) => kind !== 'Secret')), namespace: 'iam' }, { KEYCLOAK_USER: 'me', KEYCLOAK_PASSWORD: 'mine' });
    expect(named).toMatchObject({ url: 'https://sso.example.com', username: 'me', password: 'mine', said: 'Keycloak from the cluster: https://sso.example.com, from StatefulSet iam/keycloak\n' });
    expect(await target({ kubeconfig, namespace: 'iam' }, { KEYCLOAK_PASSWORD: 'mine' })).toMatchObject({ username: 'root', password: 'mine' });
  });

  it('has the login of the cluster through a port-forward, and gives it to no other server', async () => {
    const kubeconfig = await cluster(objects);
    expect(await target({ kubeconfig, namespace: 'iam', url: 'http://localhost:18080' })).toMatchObject({ url: 'http://localhost:18080', username: 'root', password: PASSWORD });
    expect(await target({ kubeconfig, namespace: 'iam', url: 'https://sso.example.com/' })).toMatchObject({ username: 'root' });
    const error = await failure(target({ kubeconfig, namespace: 'iam' }, { KEYCLOAK_URL: 'https://staging.example.com' }));
    expect(error).toMatchObject({ code: 'usage', message: 'Nobody is named to log in as, and root of StatefulSet iam/keycloak is for https://sso.example.com, not for https://staging.example.com.' });
    expect(await failure(target({ kubeconfig, namespace: 'empty', url: 'http://localhost:18080' }))).toMatchObject({ code: 'object-not-found', message: expect.stringMatching(/^Nobody is named to log in as, and the cluster does not say: No Keycloak is found/), next: ['Give --username NAME (or KEYCLOAK_USER).', 'Check --namespace and --context.'] });
  });

  it('asks no cluster that no flag names', async () => {
    const error = await failure(target({}, { KUBECONFIG: await cluster(objects) }));
    expect(error).toMatchObject({ code: 'usage', message: 'No Keycloak is named.' });
    expect(await failure(target({ from: 'before.json' }))).toMatchObject({ message: 'No Keycloak is named.' });
  });

  it('has no login for another realm than master', async () => {
    expect(await failure(target({ kubeconfig: await cluster(objects), namespace: 'iam', 'auth-realm': 'primary' }))).toMatchObject({ message: 'Nobody is named to log in as.' });
  });
});
