import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { addLiveOnly } from '../../src/sandbox/incident/destroy.ts';
import { logIn, refresh, type LoggedIn } from '../../src/sandbox/incident/login.ts';
import { staleRealm } from '../../src/sandbox/incident/loss.ts';
import { readRealm } from '../harness/independent.ts';
import { startKeycloak } from '../harness/keycloak.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { startArgo } from '../harness/kubernetes/argo.ts';
import { startFlux } from '../harness/kubernetes/flux.ts';
import { runTool, sessionPlace, summaryOf } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { openPty, TOOL } from '../pty/tmux.ts';
import { openWorld, type World } from './world.ts';

// The whole story with nothing of it played: a real controller applies a commit, the pod that it starts imports over the realm of a real Keycloak.
const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'flux'] }));
const keycloak = useServer(() => startKeycloak({ database: 'postgres' }));
let world: World;
const closing: ((failed: boolean) => Promise<unknown>)[] = [];

afterEach(async ({ task }) => {
  for (const close of closing.splice(0).toReversed()) await close(task.result?.state === 'fail');
});

const WORKLOADS = [{ apiGroups: ['apps'], resources: ['statefulsets', 'deployments'], verbs: ['get', 'list', 'patch'] }, { apiGroups: ['batch'], resources: ['jobs', 'cronjobs'], verbs: ['get', 'list'] }];
const CARRIERS = [{ apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['get', 'list'] }];

/** Applies the good realm, then the stale one, and waits until a pod start has overwritten the realm with it. */
async function incident(realm: string, apply: () => Promise<unknown>, applied: () => Promise<unknown>): Promise<{ readonly tokens: readonly LoggedIn[]; readonly wanted: Awaited<ReturnType<typeof readRealm>> }> {
  const calls = keycloak().calls(realm);
  await world.commit(world.good, 'Import the realm at start');
  await apply();
  await world.rolledOut(0);
  const tokens = await logIn(calls, 6);
  const wanted = await readRealm(calls);
  await world.commit(staleRealm(world.good), 'Render the realm again');
  await applied();
  await world.rolledOut(1);
  expect(world.imports[0]).toContain(`Realm '${realm}' already exists. Removing it before import`);
  expect((await readRealm(calls)).plain).not.toEqual(wanted.plain);
  await addLiveOnly(calls);
  return { tokens, wanted };
}

async function usable(realm: string, tokens: readonly LoggedIn[]): Promise<number> {
  const answers = await Promise.all(tokens.map((login) => refresh(keycloak().calls(realm), login)));
  return answers.filter((answer) => 'access' in answer).length;
}

it('Argo CD, in a terminal of 80x24, as a user with few rights: frozen, made safe, recovered, thawed, a no-op at three levels', { timeout: 600_000 }, async () => {
  const realm = 'story-argo';
  world = await openWorld({ kubernetes: kubernetes(), keycloak: keycloak(), realm });
  closing.push(() => world.stop());
  const argo = await startArgo(kubernetes(), { repository: world.repository });
  closing.push((failed) => argo.stop(failed));
  const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
  const policy = { automated: { prune: true, selfHeal: true }, syncOptions: ['ServerSideApply=true'] };
  const { tokens } = await incident(realm, () => kubernetes().admin.create(applications, {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'keycloak' },
    spec: { project: 'default', source: { repoURL: argo.repoUrl, path: 'deploy', targetRevision: 'main' }, destination: { server: argo.server, namespace: world.namespace }, syncPolicy: policy },
  }), () => argo.refresh('keycloak'));
  await kubernetes().grant(world.namespace, [...CARRIERS, ...WORKLOADS]);
  await kubernetes().grant('argocd', [{ apiGroups: ['argoproj.io'], resources: ['applications'], verbs: ['get', 'list', 'patch'] }]);

  const sessions = sessionPlace();
  const pty = await openPty(80, 24, { KEYCLOAK_PASSWORD: keycloak().admin.password, KUBECONFIG: kubernetes().kubeconfig('oncall') });
  closing.push(() => pty.close());
  await pty.command(`cd ${world.repository}`);
  await pty.command(`${TOOL} recover --url ${keycloak().url} --realm ${realm} --username ${keycloak().admin.username} --from configmap:${world.namespace}/keycloak-realm --repo . --branch recovery --session-dir ${sessions}`);
  const answer = async (question: string, word: string): Promise<void> => {
    await pty.until(question, 60_000);
    await pty.type(word);
    await pty.key('Enter');
  };
  const live = () => kubernetes().admin.get<{ metadata: { annotations?: Record<string, string> }; spec: { syncPolicy: unknown } }>(`${applications}/keycloak`);
  await answer('Type keycloak to pause it', 'keycloak');
  await answer('Type keycloak to patch it now', 'keycloak');
  expect((await live())?.spec.syncPolicy).toEqual({ ...policy, automated: { ...policy.automated, enabled: false } });
  // What the API server remembered is chosen first, the revision of git that is recommended behind it.
  await pty.until('Where can the lost configuration be read from?', 120_000);
  await pty.key('Space');
  await pty.until('2 selected');
  await pty.key('Enter');
  await pty.until('differ, in dependency order');
  await pty.key('a');
  await pty.until('No answer is missing.');
  await pty.key('Enter');
  await answer(`Type ${realm} to send them`, `${realm} all`);
  await pty.until('Type keycloak to let it run again', 120_000);
  await world.git('merge', '-q', '--ff-only', 'recovery');
  await answer('Type keycloak to let it run again', 'keycloak');
  await answer('Type keycloak to restart it once', 'keycloak');
  expect(await pty.exitCode(120_000)).toBe(0);

  const all = (await pty.all()).replaceAll(/\s+/g, ' ');
  for (const told of ['✓ Freeze automation off on Argo CD application argocd/keycloak', 'controller no-op · cluster no-op · realm no-op', `after a restart of ${world.namespace}/keycloak: realm no-op`]) expect(all).toContain(told);
  expect((await live())?.spec.syncPolicy).toEqual(policy);
  expect((await live())?.metadata.annotations?.['realm-rescue/frozen']).toBeUndefined();
  // One import that destroyed, and two that skipped: the live patch and the deliberate restart.
  expect(world.imports.slice(1).map((log) => log.includes('Import skipped'))).toEqual([true, true]);
  expect(await usable(realm, tokens)).toBe(tokens.length);
  const [id = ''] = readdirSync(sessions).filter((name) => name !== 'locks');
  const transcript = readFileSync(join(sessions, id, 'transcript.md'), 'utf8');
  for (const told of ['was to be paused', 'earlier version', 'was to be made safe live', 'was to run again', 'was a no-op', 'After a deliberate restart']) expect(transcript).toContain(told);
  expect(JSON.stringify(readdirSync(join(sessions, id, 'cluster')))).toContain(`remembered-configmap-${world.namespace}-keycloak-realm`);
  expect(await runTool(['transcript', 'verify', id, '--session-dir', sessions])).toMatchObject({ exit: 0 });
});

it('Flux, without a terminal: recover, merge, thaw', { timeout: 600_000 }, async () => {
  const realm = 'story-flux';
  world = await openWorld({ kubernetes: kubernetes(), keycloak: keycloak(), realm });
  closing.push(() => world.stop());
  const flux = await startFlux(kubernetes(), { repository: world.repository });
  closing.push((failed) => flux.stop(failed));
  const kustomizations = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${flux.namespace}/kustomizations`;
  const { tokens } = await incident(realm, async () => {
    await flux.publish();
    await kubernetes().admin.create(kustomizations, {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata: { name: 'identity' },
      spec: { interval: '1h', retryInterval: '5s', path: './deploy', prune: true, timeout: '30s', sourceRef: flux.sourceRef },
    });
  }, () => flux.publish());
  const sessions = sessionPlace();
  const target = ['--url', keycloak().url, '--realm', realm, '--username', keycloak().admin.username, '--session-dir', sessions];
  const env = { KEYCLOAK_PASSWORD: keycloak().admin.password, KUBECONFIG: kubernetes().kubeconfig('admin') };
  const from = `configmap:${world.namespace}/keycloak-realm`;
  const suspend = async () => (await kubernetes().admin.get<{ spec: { suspend?: boolean } }>(`${kustomizations}/identity`))?.spec.suspend;

  const run = await runTool(['recover', ...target, '--from', from, '--evidence', 'git:deploy/realm.yaml@HEAD~1', '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', '--confirm', realm, '--repo', world.repository, '--branch', 'recovery', '--json'], { env, cwd: world.repository });
  expect({ stderr: run.stderr, ...summaryOf(run) }).toMatchObject({ failed: 0, exit: 0 });
  expect(await suspend()).toBe(true);
  const recovered = await readRealm(keycloak().calls(realm));
  const frozen = await runTool(['sessions', '--session-dir', sessions]);
  expect(frozen.stdout).toContain(`FROZEN: kustomization:${flux.namespace}/identity`);

  await world.git('merge', '-q', '--ff-only', 'recovery');
  await flux.publish();
  const thaw = await runTool(['thaw', '--from', from, '--confirm', 'identity', ...target], { env });
  expect({ exit: thaw.exit, stderr: thaw.stderr }).toMatchObject({ exit: 0 });
  expect(thaw.stderr).toMatch(/OK {2}controller[^\n]*\nOK {2}cluster[^\n]*\nOK {2}realm/);
  expect(await suspend()).toBeUndefined();
  expect(world.imports.at(-1)).toContain('Import skipped');
  expect(await readRealm(keycloak().calls(realm))).toEqual(recovered);
  expect(await usable(realm, tokens)).toBe(tokens.length);
  expect((await runTool(['sessions', '--session-dir', sessions])).stdout).not.toContain('FROZEN');
});
