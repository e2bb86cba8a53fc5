import { RescueError } from '../realm/errors.ts';

/** What an `--evidence` spec names. */
export type Spec =
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'git'; readonly path: string; readonly revision: string }
  | { readonly type: 'snapshot'; readonly path: string }
  | { readonly type: 'realm'; readonly name: string };

const NOT_YET: Readonly<Record<string, readonly [string, string]>> = {
  configmap: ['A ConfigMap cannot be read from the cluster by this version; it needs the Kubernetes part of realm-rescue.', 'Save it with "kubectl get configmap NAME -n NAMESPACE -o yaml > realm.yaml" and use --evidence file:realm.yaml.'],
  events: ['Admin events cannot be read as evidence by this version; it needs the admin events part of realm-rescue.', 'Use a realm file, a git revision or an earlier snapshot: --evidence git:PATH@REVISION.'],
};

/**
 * Reads a spec: `file:PATH` (or a bare path), `git:PATH@REVISION`, `snapshot:PATH`, `realm:NAME`. Throws RescueError `usage`.
 * In `git:` the last `@` counts that is not the beginning of `@{…}`, because paths and revisions may both hold one.
 */
export function parseSpec(spec: string): Spec {
  const match = /^(file|git|snapshot|realm|configmap|events)(?::(.*)|$)/s.exec(spec);
  if (!match) return fileSpec(spec, spec);
  const [, type = '', rest = ''] = match;
  const missing = NOT_YET[type];
  if (missing) throw new RescueError('usage', missing[0], [missing[1]]);
  if (type === 'git') return gitSpec(rest, spec);
  if (rest === '') throw usage(spec);
  if (type === 'realm') return { type, name: rest };
  return type === 'snapshot' ? { type, path: rest } : fileSpec(rest, spec);
}

function fileSpec(path: string, spec: string): Spec {
  if (path === '') throw usage(spec);
  return { type: 'file', path };
}

function gitSpec(rest: string, spec: string): Spec {
  const at = [...rest.matchAll(/@(?!\{)/g)].at(-1)?.index ?? -1;
  const [path, revision] = [rest.slice(0, Math.max(0, at)), rest.slice(at + 1)];
  if (at < 1 || revision === '' || revision.startsWith('-')) throw usage(spec);
  return { type: 'git', path, revision };
}

function usage(spec: string): RescueError {
  return new RescueError('usage', `"${spec}" does not name any evidence.`, ['Write file:PATH, git:PATH@REVISION, snapshot:PATH or realm:NAME.']);
}
