/** What the tests on the real controllers have in common: a namespace with a ConfigMap `realm` that git has too, and the tool with a record of its own. */
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterEvent } from '../../src/runbook/cluster-events.ts';
import type { KubernetesObject } from '../harness/kubernetes/client.ts';
import type { RealKubernetes } from '../harness/kubernetes.ts';
import { execute } from '../harness/process.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';

export interface Stage {
  /** What the controller calls that which applies the ConfigMap: the word that the tool asks for. */
  readonly name: string;
  readonly namespace: string;
  readonly sessions: string;
  map(): Promise<KubernetesObject | null>;
  /** The text of the ConfigMap. */
  text(): Promise<string | undefined>;
  /** What a person does with kubectl edit. */
  edit(text: string): Promise<KubernetesObject>;
  run(command: 'freeze' | 'thaw', ...flags: readonly string[]): Promise<ToolRun>;
  /** What is on record, of all that this stage has recorded. */
  events(): readonly ClusterEvent[];
}

export async function openStage(kubernetes: RealKubernetes, prefix: string, name: string): Promise<Stage> {
  const [namespace, sessions] = [await kubernetes.namespace(prefix), sessionPlace()];
  const place = `/api/v1/namespaces/${namespace}/configmaps/realm`;
  const map = (): Promise<KubernetesObject | null> => kubernetes.admin.get(place);
  return {
    name, namespace, sessions, map,
    text: async () => (await map())?.data?.['realm.json'],
    edit: (text) => kubernetes.admin.merge(place, { data: { 'realm.json': text } }, { fieldManager: 'kubectl-edit' }),
    run: (command, ...flags) => runTool([command, '--from', `configmap:${namespace}/realm`, '--confirm', name, '--session-dir', sessions, ...flags], { env: { KUBECONFIG: kubernetes.kubeconfig('admin') } }),
    events: () => readdirSync(sessions).filter((id) => id !== 'locks').flatMap((id) => readFileSync(join(sessions, id, 'journal.jsonl'), 'utf8').trimEnd().split('\n').map((line) => (JSON.parse(line) as { readonly event: ClusterEvent }).event)),
  };
}

export const configMap = (namespace: string, name: string, data: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>> = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, annotations }, data });

const git = async (repository: string, ...args: readonly string[]): Promise<string> => (await execute('git', ['-C', repository, '-c', 'user.name=Kim', '-c', 'user.email=kim@example.com', ...args])).trim();

/** A repository without a commit. */
export async function openRepository(): Promise<string> {
  const repository = sessionPlace();
  await git(repository, 'init', '-q', '--initial-branch=main');
  return repository;
}

/** Commits files, objects as JSON; null: without that file. Gives the commit. */
export async function commit(repository: string, message: string, files: Readonly<Record<string, object | string | null>>): Promise<string> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(repository, file, '..'), { recursive: true });
    await (content === null ? rm(join(repository, file)) : writeFile(join(repository, file), typeof content === 'string' ? content : JSON.stringify(content)));
  }
  await git(repository, 'add', '--all');
  await git(repository, 'commit', '-q', '--allow-empty', '-m', message);
  return git(repository, 'rev-parse', 'HEAD');
}

/** What the last thaw of a record says of its sync. */
export function watched(stage: Stage): Extract<ClusterEvent, { type: 'sync.watched' }> | undefined {
  return stage.events().filter((event) => event.type === 'sync.watched').at(-1);
}
