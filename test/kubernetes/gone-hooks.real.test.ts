import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { KubernetesObject } from '../harness/kubernetes/client.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { startArgo } from '../harness/kubernetes/argo.ts';
import { execute } from '../harness/process.ts';
import { runTool, sessionPlace } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { eventually } from './freeze-world.ts';

// The real Argo CD runs a hook and takes it away. No controller of Jobs runs here: this test says that the Job has succeeded.
const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset'] }));
const argo = useServer(() => startArgo(kubernetes(), { repository: sessionPlace() }));

interface Operated extends Omit<KubernetesObject, 'status'> {
  readonly status?: { readonly operationState?: { readonly phase: string; readonly syncResult?: { readonly resources?: readonly { readonly kind: string; readonly name: string; readonly hookType?: string; readonly hookPhase?: string }[] } } };
}

it('a hook that Argo CD ran and deleted by HookSucceeded: what it did is shown and kept', async () => {
  const { admin } = kubernetes();
  const [namespace, repository, sessions] = [await kubernetes().namespace('hook'), sessionPlace(), sessionPlace()];
  const git = (...args: readonly string[]) => execute('git', ['-C', repository, '-c', 'user.name=Kim', '-c', 'user.email=kim@example.com', ...args]);
  const hook = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'import', namespace, annotations: { 'argocd.argoproj.io/hook': 'PostSync', 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded' } }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'cli', image: 'adorsys/keycloak-config-cli:6.4.0-26', env: [{ name: 'KEYCLOAK_URL', value: 'http://keycloak' }] }] } } } };
  await git('init', '-q', '--initial-branch=main');
  await writeFile(join(repository, 'hook.json'), JSON.stringify(hook));
  await writeFile(join(repository, 'realm.json'), JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'realm', namespace }, data: { 'realm.json': '{"realm":"primary"}' } }));
  await git('add', '--all');
  await git('commit', '-qm', 'first');
  const application = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
  await admin.create(application, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'hooked' }, spec: { project: 'default', source: { repoURL: pathToFileURL(repository).href, path: '.', targetRevision: 'main' }, destination: { server: argo().server, namespace }, syncPolicy: { automated: {} } } });

  const job = `/apis/batch/v1/namespaces/${namespace}/jobs/import`;
  await eventually(async () => expect(await admin.get(job)).not.toBeNull(), 60_000);
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  await admin.merge(`${job}/status`, { status: { startTime: now, succeeded: 1, completionTime: now, conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True', lastTransitionTime: now, lastProbeTime: now })) } });
  // Argo CD deletes it in the foreground, which takes the garbage collector: none runs here either.
  await eventually(async () => expect((await admin.get<{ metadata: { deletionTimestamp?: string; finalizers?: readonly string[] } }>(job))?.metadata).toMatchObject({ deletionTimestamp: expect.any(String), finalizers: ['foregroundDeletion'] }), 60_000);
  await admin.merge(job, { metadata: { finalizers: null } });
  expect(await admin.get(job)).toBeNull();
  await eventually(async () => expect((await admin.get<Operated>(`${application}/hooked`))?.status?.operationState).toMatchObject({ phase: 'Succeeded', syncResult: { resources: expect.arrayContaining([expect.objectContaining({ kind: 'Job', name: 'import', hookType: 'PostSync', hookPhase: 'Succeeded' })]) } }), 60_000);
  // More is written than the Job was there for.
  for (let index = 0; index < 200; index += 1) await admin.merge(`/api/v1/namespaces/${namespace}`, { metadata: { labels: { busy: String(index) } } });

  const run = await runTool(['freeze', '--from', `configmap:${namespace}/realm`, '--confirm', 'hooked', '--session-dir', sessions, '--kubeconfig', kubernetes().kubeconfig('admin')]);
  expect(run, run.stderr).toMatchObject({ exit: 0 });
  expect(run.stderr).toMatch(new RegExp(`^A PAUSE DOES NOT STOP Job ${namespace}/import: containers\\[cli\\]: keycloak-config-cli: .*ran in the last sync of Application argocd/hooked and is gone; it runs again with the next sync`, 'm'));
  expect(run.stderr).toMatch(/Still remembered by the API server: Job \S+\/import/);
});
