import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { JsonObject } from '../../src/realm/json.ts';
import { expectRefusal } from '../bad-input/refusal.ts';
import { startKubernetes, type KubernetesUser } from '../harness/kubernetes.ts';
import { execute } from '../harness/process.ts';
import { sessionPlace } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { beside, confirmed, eventually, generated, isDone, markOf, off, openPlace, playSet, POLICY, specOf, thawed, usual, V1, versionOf, type Place } from './freeze-world.ts';
import { pathOf } from './scripted-controller.ts';

// A freeze that cannot be: of what is named, of the kubeconfig, of rights, of an older Argo CD, of another cluster.
const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm'] }));

describe.concurrent('what cannot be done is refused', () => {
  it.each<[string, (place: Place) => readonly string[], number, RegExp, RegExp]>([
    ['nobody confirms', (place) => ['freeze', '--from', place.from], 5, /1 object would be patched, and nobody confirmed it/, /--confirm keycloak/],
    ['another word confirms', (place) => ['freeze', '--from', place.from, '--confirm', 'Keycloak'], 5, /--confirm says "Keycloak", but the word is keycloak/, /--confirm keycloak/],
    ['nothing is named', () => ['freeze', '--confirm', 'keycloak'], 64, /Nothing is named/, /--from configmap:NAMESPACE\/NAME/],
    ['something is named that is no such thing', (place) => ['freeze', '--from', `pod:${place.namespace}/keycloak`], 64, /"pod:\S+" does not name anything/, /configmap:NAMESPACE\/NAME/],
    ['there is no such object', (place) => ['freeze', '--from', `configmap:${place.namespace}/nothing`, '--confirm', 'keycloak'], 64, /There is no ConfigMap \S+\/nothing/, /kubectl get configmaps -A/],
    ['there is no such namespace', () => ['freeze', '--from', 'application:nowhere/nothing', '--confirm', 'nothing'], 64, /There is no Application nowhere\/nothing/, /namespace/],
    ['a thaw of nothing', () => ['thaw', '--confirm', 'keycloak'], 64, /Nothing is named to thaw/, /sessions/],
    ['a thaw of a record that is not there', () => thawed('abcd'), 64, /There is no recorded run "abcd"/, /sessions/],
  ])('%s', async (_name, args, exit, says, next) => {
    const place = await usual(kubernetes());
    const version = await versionOf(place, place.application());
    const run = await place.tool([...args(place), '--json']);
    expectRefusal(run, { exit, says, next });
    expect(run.stdout.trim().split('\n')).toHaveLength(1);
    expect(await versionOf(place, place.application())).toBe(version);
    expect(Object.values(await place.frozen()).flat()).toEqual([]);
  });

  it('the environment is named before the cluster', async () => {
    const place = await usual(kubernetes());
    const run = await place.tool(['freeze', '--from', place.from, '--env-tag', 'PROD']);
    expect(run).toMatchObject({ exit: 5, stderr: expect.stringMatching(/^PROD {2}Context admin \(/m) });
  });

  it.each([['nobody confirms', [], /nobody confirmed it/], ['another word confirms', ['--confirm', 'x'], /the word is keycloak/]] as const)('a thaw that %s writes nothing, not even a wish', async (_name, more, says) => {
    const place = await usual(kubernetes());
    isDone(await place.tool(confirmed(place)));
    const version = await versionOf(place, place.application());
    expectRefusal(await place.tool(['thaw', place.records()[0] ?? '', ...more, '--json']), { exit: 5, says, next: /--confirm keycloak/ });
    expect(await versionOf(place, place.application())).toBe(version);
  });

  interface Config { 'contexts': { name: string; context: object }[]; 'users': { name: string; user: object }[]; 'clusters': { cluster: { server: string } }[]; 'current-context': string }
  const configured = (change: (config: Config) => void): string => {
    const config = parse(readFileSync(kubernetes().kubeconfig('admin'), 'utf8')) as Config;
    change(config);
    const file = join(sessionPlace(), 'config');
    writeFileSync(file, stringify(config), { mode: 0o600 });
    return file;
  };
  const plugin = (script: string, more: object = {}): string => configured(({ users: [user] }) => { if (user) user.user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command: 'sh', args: ['-c', script], ...more } }; });
  const answer = (status: object): string => `echo '${JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status })}'`;

  it.each<[string, () => string, readonly string[], number, RegExp, RegExp]>([
    ['no kubeconfig', () => '/nowhere/config', [], 64, /There is no kubeconfig at \/nowhere\/config/, /--kubeconfig/],
    ['an empty one', () => { const file = join(sessionPlace(), 'config'); writeFileSync(file, ''); return file; }, [], 64, /cannot be read: it is empty/, /--kubeconfig/],
    ['an unknown context', () => kubernetes().kubeconfig('admin'), ['--context', 'prod'], 64, /has no context "prod"/, /admin/],
    ['a context without its user', () => configured((config) => { config.users = []; }), [], 64, /names user "admin", which the kubeconfig does not have/, /--context/],
    ['an address that is none', () => configured(({ clusters: [cluster] }) => { if (cluster) cluster.cluster.server = 'ftp://x'; }), [], 64, /"ftp:\/\/x" of context admin is no address/, /Correct the kubeconfig/],
    ['nobody at the address', () => configured(({ clusters: [cluster] }) => { if (cluster) cluster.cluster.server = 'https://127.0.0.1:1'; }), [], 3, /No connection to the API server https:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\); nothing was sent/, /VPN/],
    ['a certificate that nobody vouches for', () => configured(({ clusters: [cluster] }) => { if (cluster) cluster.cluster = { server: cluster.cluster.server }; }), [], 3, /certificate of the API server \S+ is not trusted/, /certificate-authority/],
    ['a login plugin that is not installed', () => plugin('', { command: 'no-such-plugin', installHint: 'brew install it' }), [], 3, /login plugin "no-such-plugin" of context admin is not installed/, /brew install it/],
    ['one that fails', () => plugin('echo "session over" >&2; exit 1'), [], 3, /login plugin "sh" of context admin fails: session over/, /kubectl auth whoami/],
    ['one that says nothing of use', () => plugin('echo Please log in'), [], 3, /answers with something that is no credential/, /Run it by hand/],
    ['one that gives no login', () => plugin(answer({})), [], 3, /gives neither a token nor a certificate/, /kubectl auth whoami/],
    ['one whose login was taken back', () => plugin(answer({ token: 'revoked-token' })), [], 3, /does not take the login of context admin/, /Log in to the cluster again/],
  ])('%s', async (_name, kubeconfig, more, exit, says, next) => {
    const place = await openPlace(kubernetes());
    const run = await place.tool(['freeze', '--from', place.from, '--confirm', 'keycloak', '--json', ...more], { kubeconfig: kubeconfig() });
    expectRefusal(run, { exit, says, next });
    expect(`${run.stdout}${run.stderr}`).not.toContain('revoked-token');
    expect(place.records()).toEqual([]);
  });

  it.each<[KubernetesUser, RegExp]>([
    ['expired-cert', /login of context expired-cert, it ended at 20\d\d-\S+Z\./], ['expired-token', /login of context expired-token, it ended at 20\d\d-\S+Z\./], ['wrong-token', /does not take the login of context wrong-token\./],
  ])('%s', async (user, says) => {
    const place = await usual(kubernetes());
    expectRefusal(await place.tool(confirmed(place, '--json'), { user }), { exit: 3, says, next: /Log in to the cluster again/ });
    expect(await place.policy()).toEqual(POLICY);
  });
});

describe.concurrent('rights', () => {
  type Grant = readonly [group: string, resource: string, verb: string, name?: string];
  const IN_CORE = ['configmaps', 'secrets'].flatMap((resource) => ['get', 'list'].map((verb): Grant => ['', resource, verb]));
  const OF_WORKLOADS = [['apps', 'statefulsets'], ['apps', 'deployments'], ['batch', 'jobs'], ['batch', 'cronjobs']].flatMap(([group = '', resource = '']) => ['get', 'list'].map((verb): Grant => [group, resource, verb]));
  const ON = (resource: string, name: string, verbs = ['get', 'list', 'patch']): readonly Grant[] => verbs.map((verb) => ['argoproj.io', resource, verb, name]);
  const grant = (place: Place, grants: readonly Grant[]): Promise<void> => kubernetes().grant(place.namespace, grants.map(([group, resource, verb, name]) => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...(name === undefined ? {} : { resourceNames: [name] }) })));

  /** By kubectl, as the tool says; where there is none, as it does it. */
  async function apply(yaml: string): Promise<void> {
    const file = join(sessionPlace(), 'role.yaml');
    writeFileSync(file, yaml);
    await execute('kubectl', ['--kubeconfig', kubernetes().kubeconfig('admin'), 'apply', '-f', file]);
  }

  it('with those to look but none to pause, the Role is printed, and enough', async () => {
    const place = await usual(kubernetes());
    await grant(place, [...IN_CORE, ...OF_WORKLOADS, ...ON('applications', 'keycloak', ['get', 'list'])]);
    const refused = await place.tool(confirmed(place, '--json'), { user: 'oncall' });
    expect(refused.exit, refused.stderr).toBe(3);
    expect(refused.stderr).toMatch(/^realm-rescue: oncall@example\.org may not pause the writer; nothing was sent\.$/m);
    expect([await place.policy(), await markOf(place, place.application())]).toEqual([POLICY, undefined]);
    const role = (JSON.parse(refused.stdout) as { next: readonly string[] }).next.slice(1).join('\n');
    expect(role).toContain('resourceNames: ["keycloak"]\n    verbs: ["patch"]');
    await apply(role);
    // The authorizer hears of it through a watch.
    await eventually(async () => expect((await place.tool(confirmed(place), { user: 'oncall' })).exit).toBe(0));
    expect(await place.policy()).toEqual(off());
    const thaw = await place.tool(thawed(place.from), { user: 'oncall' });
    isDone(thaw);
    expect(await place.policy()).toEqual(POLICY);
  });

  it('with none at all, one rule after the other is named, until it works', async () => {
    const place = await usual(kubernetes());
    const asked: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const run = await place.tool(confirmed(place, '--json'), { user: 'oncall' });
      if (run.exit === 0) break;
      expect(run.exit, run.stderr).toBe(3);
      expect(await place.policy()).toEqual(POLICY);
      const { title, next } = JSON.parse(run.stdout) as { title: string; next: readonly string[] };
      asked.push(title);
      const rule = /apiGroups \["(.*?)"\], resources \["(.*?)"\], verbs \["(.*?)"\]/.exec(next.join('\n'));
      if (rule) await grant(place, [[rule[1] ?? '', rule[2] ?? '', rule[3] ?? '']]);
      else {
        await apply(next.slice(1).join('\n'));
        await eventually(async () => expect((await place.tool(confirmed(place), { user: 'oncall' })).exit).toBe(0));
        break;
      }
    }
    expect(asked).toEqual([expect.stringMatching(/may not get configmaps in namespace/), expect.stringMatching(/may not look at what applies configmap:/)]);
    expect(await place.policy()).toEqual(off());
  });

  it.each<[string, string, string, 'refused' | 'noted' | 'not needed']>([
    ['get', '', 'configmaps', 'refused'], ['list', '', 'configmaps', 'noted'], ['list', '', 'secrets', 'not needed'], ['list', 'apps', 'statefulsets', 'noted'],
    ['get', 'argoproj.io', 'applications', 'refused'], ['list', 'argoproj.io', 'applications', 'noted'], ['patch', 'argoproj.io', 'applications', 'refused'],
  ])('without %s of "%s" %s: %s', async (verb, _group, resource, expected) => {
    const place = await usual(kubernetes());
    await grant(place, [...IN_CORE, ...OF_WORKLOADS, ...ON('applications', 'keycloak')].filter(([, of, what]) => of !== resource || what !== verb));
    const run = await place.tool(confirmed(place), { user: 'oncall' });
    if (expected === 'refused') {
      expect(run.exit, run.stderr).toBe(3);
      expect(run.stderr).toMatch(new RegExp(`oncall@example\\.org may not (?:${verb} ${resource}|pause the writer|look at what applies)[^]*resources:? \\["${resource}"\\][^]*verbs:? \\["${verb}"\\]`));
      expect([await place.policy(), await markOf(place, place.application()), Object.values(await place.frozen()).flat()]).toEqual([POLICY, undefined, []]);
    } else {
      isDone(run);
      if (expected === 'noted') expect(run.stderr).toMatch(new RegExp(`^Note: .*(?:may not ${verb}|${verb}) ${resource}`, 'm'));
      expect(await place.policy()).toEqual(off());
    }
  });

  it.each<[string, string]>([['get', 'appprojects'], ['patch', 'appprojects']])('of a child of an ApplicationSet, without %s of %s: refused, and nothing is half done', async (verb, resource) => {
    const place = await generated(kubernetes());
    await grant(place, [...IN_CORE, ...OF_WORKLOADS, ...ON('applications', 'keycloak'), ...ON('appprojects', 'default'), ...ON('applicationsets', 'platform', ['get'])].filter(([, of, what]) => of !== resource || what !== verb));
    await beside([playSet(kubernetes(), place)], async () => {
      const run = await place.tool(confirmed(place), { user: 'oncall' });
      expect(run.exit, run.stderr).toBe(3);
      expect(run.stderr).toMatch(new RegExp(`oncall@example\\.org may not (?:${verb} ${resource}|pause the writer)[^]*resources:? \\["${resource}"\\]`));
      expect([await place.policy(), await specOf(place, place.project()), Object.values(await place.frozen()).flat()]).toEqual([POLICY, place.project().spec, []]);
    });
  });

  it('of a child whose operation is running, without patch of the application: refused where it shall be ended, and paused where not', async () => {
    const place = await generated(kubernetes());
    const operation = { initiatedBy: { username: 'kim' }, sync: { revision: V1 } };
    await kubernetes().admin.merge(pathOf(place.application()), { operation });
    await grant(place, [...IN_CORE, ...OF_WORKLOADS, ...ON('applications', 'keycloak', ['get', 'list']), ...ON('appprojects', 'default'), ...ON('applicationsets', 'platform', ['get'])]);
    const refused = await place.tool(confirmed(place, '--terminate'), { user: 'oncall' });
    expect(refused.exit, refused.stderr).toBe(3);
    expect(refused.stderr).toMatch(/^realm-rescue: oncall@example\.org may not end the operation that is running; nothing was sent\.$/m);
    expect([await specOf(place, place.project()), Object.values(await place.frozen()).flat()]).toEqual([place.project().spec, []]);

    const paused = await place.tool(confirmed(place), { user: 'oncall' });
    isDone(paused);
    expect(paused.stderr).toMatch(/^Note: These credentials may not patch applications \S+\/keycloak, which ending its operation takes; realm-rescue doctor/m);
    expect((await specOf(place, place.project()))?.['syncWindows']).toHaveLength(1);

    await apply(refused.stdout);
    await eventually(async () => expect((await place.tool(confirmed(place, '--terminate'), { user: 'oncall' })).exit).toBe(0));
    expect('operation' in (await place.get(place.application()))).toBe(false);
  });

  it('an ApplicationSet that may not be read is taken for one that takes back: a deny window', async () => {
    const place = await generated(kubernetes());
    await grant(place, [...IN_CORE, ...OF_WORKLOADS, ...ON('applications', 'keycloak'), ...ON('appprojects', 'default')]);
    await beside([playSet(kubernetes(), place)], async () => {
      isDone(await place.tool(confirmed(place), { user: 'oncall' }));
      expect((await specOf(place, place.project()))?.['syncWindows']).toEqual([expect.objectContaining({ kind: 'deny', applications: ['keycloak'] })]);
      isDone(await place.tool(thawed(place.from), { user: 'oncall' }));
      expect(await specOf(place, place.project())).toEqual(place.project().spec);
    });
  });
});

describe('an older Argo CD, and another cluster', () => {
  const old = useServer(() => startKubernetes({ crds: ['argo-2.14'] }));

  it.each<[string, JsonObject]>([['a whole policy', POLICY], ['nothing but automation', { automated: {} }]])('without `enabled` in its schema the automation is taken out, and %s comes back', async (_name, policy) => {
    const place = await openPlace(old());
    await place.create(place.tracked(), place.application('keycloak', policy));
    const before = await place.policy();
    isDone(await place.tool(confirmed(place)));
    const { automated: _automated, ...rest } = policy;
    expect(await place.policy() ?? {}).toEqual(rest);
    isDone(await place.tool(thawed(place.from), { sessions: sessionPlace() }));
    expect(await place.policy()).toEqual(before);
    expect(await markOf(place, place.application())).toBeUndefined();
  });

  it('with objects of the same names: a record is not thawed there, nor taken for one of there', async () => {
    const [here, there] = [await openPlace(kubernetes(), 'twin'), await openPlace(old(), 'twin')];
    for (const place of [here, there]) await place.create(place.tracked());
    await here.create(here.application());
    // Paused by hand, with a policy of its own behind it.
    const theirs = { syncOptions: ['Prune=false'] };
    await there.create(there.application('keycloak', theirs));
    isDone(await here.tool(confirmed(here)));
    const [id = ''] = here.records();
    const elsewhere = { kubeconfig: old().kubeconfig('admin') };
    const version = await versionOf(there, there.application());
    expectRefusal(await here.tool(thawed(id, '--json'), elsewhere), { exit: 64, says: new RegExp(`Record ${id} is of the cluster at ${kubernetes().url}, and this is ${old().url}`), next: /--context/ });
    expectRefusal(await here.tool([...thawed(id, '--json'), '--context', 'nobody']), { exit: 64, says: /has no context "nobody"/, next: /admin/ });
    const run = await here.tool(thawed(here.from), elsewhere);
    isDone(run);
    expect(run.stderr).toMatch(/^Nothing of configmap:twin\/keycloak-realm is paused by realm-rescue/m);
    expect(await versionOf(there, there.application())).toBe(version);
    expect(await here.frozen()).toEqual({ [id]: ['application:twin/keycloak'] });
    isDone(await here.tool(thawed(id)));
    expect(await here.policy()).toEqual(POLICY);
  });
});
