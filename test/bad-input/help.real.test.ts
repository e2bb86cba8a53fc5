// The example below each command's help is the first thing that a person copies: it works on the sandbox, and those for a cluster on a real API server. Needs git and Go.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { writeRepository } from '../../src/sandbox/incident/repository.ts';
import { startKubernetes, type RealKubernetes } from '../harness/kubernetes.ts';
import { runTool, type ToolRun } from '../harness/tool.ts';
import { recordedIn } from './refusal.ts';
import { confirmed, run, stageSandbox, type Story } from './story.ts';

/** How the example of each command ends here: without a terminal nobody can be asked. */
const ENDS: Readonly<Record<string, number>> = {
  recover: 5, doctor: 0, snapshot: 0, compare: 2, plan: 0, resume: 0, undo: 5, sessions: 0, export: 0, transcript: 0, lint: 2, freeze: 5, thaw: 5,
};

let story: Story;
let stop: () => Promise<void>;
let id: string;
let kubernetes: RealKubernetes;
/** The record of a freeze. */
let frozen: string;
let environment: Record<string, string>;
beforeAll(async () => {
  const staged = await stageSandbox();
  [story, stop] = [staged, () => staged.sandbox.close()];
  await writeRepository(story.directory, goodRealmFile(story.calls));
  cpSync(story.evidence, join(story.directory, 'before.json'));
  const state = join(story.directory, 'state');
  const sessions = join(state, 'realm-rescue', 'sessions');
  mkdirSync(sessions, { recursive: true });
  environment = { XDG_STATE_HOME: state, KEYCLOAK_USER: story.user, KEYCLOAK_PASSWORD: story.password };
  // A finished run for the examples that name one.
  expect((await run(story, ['recover'], { sessions, with: [...confirmed(story)] })).exit).toBe(0);
  [id = ''] = recordedIn(sessions).runs;
  kubernetes = await startKubernetes({ crds: ['argo'] });
  environment['KUBECONFIG'] = await cluster();
  const done = await here(['freeze', '--from', 'application:argocd/other', '--confirm', 'other', '--json']);
  expect(done.exit, done.stderr).toBe(0);
  frozen = (JSON.parse(done.stdout) as { readonly session: string }).session;
  writeFileSync(join(story.directory, 'realm.json'), JSON.stringify({ ...goodRealmFile(story.calls), clientScopes: [] }));
});
afterAll(async () => {
  await kubernetes?.stop();
  await stop();
});

/** A ConfigMap with its application, another application, and the kubeconfig of a context that is called as in the examples. */
async function cluster(): Promise<string> {
  const { admin } = kubernetes;
  for (const name of ['iam', 'argocd']) await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await admin.create('/api/v1/namespaces/iam/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'keycloak-realm', annotations: { 'argocd.argoproj.io/tracking-id': 'keycloak:/ConfigMap:iam/keycloak-realm' } }, data: { 'realm.json': '{}' } });
  for (const name of ['keycloak', 'other']) {
    await admin.create('/apis/argoproj.io/v1alpha1/namespaces/argocd/applications', {
      apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name },
      spec: { project: 'default', source: { repoURL: 'https://git.invalid/x', path: name }, destination: { server: 'https://kubernetes.default.svc', namespace: 'iam' }, syncPolicy: { automated: {} } },
    });
  }
  const config = parse(readFileSync(kubernetes.kubeconfig('admin'), 'utf8')) as { contexts: { name: string }[]; 'current-context': string };
  for (const context of config.contexts) context.name = 'prod';
  const file = join(story.directory, 'kubeconfig');
  writeFileSync(file, stringify({ ...config, 'current-context': 'prod' }), { mode: 0o600 });
  return file;
}

// The demo brings its own sandbox, and has its own tests.
const examples = Object.entries(COMMANDS).filter(([name]) => name !== 'demo').map(([name, { example }]) => [name, example] as const);
const argumentsOf = (name: string, example: string): string[] => example.split(' ').slice(1).map((word) => word.replace('https://keycloak.example.com', story.url).replace(/^8f2c$/, name === 'thaw' ? frozen : id));
const here = (args: readonly string[]): Promise<ToolRun> => runTool(args, { cwd: story.directory, env: environment });

it.each(examples)('%s: %s', async (name, example) => {
  const done = await here(argumentsOf(name, example));
  expect(done.exit, done.stderr).toBe(ENDS[name]);
  expect(done.stderr).not.toMatch(/^\s+at |\bbug\b/m);
});
