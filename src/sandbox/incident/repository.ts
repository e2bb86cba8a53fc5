import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { RescueError } from '../../realm/errors.ts';
import type { RealmRepresentation } from '../../realm/representation.ts';
import { helmValues, operatorImport, realmConfigMap, realmJson } from './files.ts';
import { staleRealm } from './loss.ts';

const run = promisify(execFile);

/** Paths in the repository of the story. */
export const REPOSITORY_FILES = {
  realm: 'charts/keycloak/realm.json',
  values: 'charts/keycloak/values.yaml',
  configMap: 'deploy/realm-configmap.yaml',
  operator: 'deploy/keycloak-realm-import.yaml',
} as const;

export interface RepositoryOptions {
  /** `stale`: nobody rendered the ConfigMap again, so it still holds the revision that did the damage. */
  readonly configMap?: 'good' | 'stale';
}

export interface Repository {
  readonly directory: string;
  /** The revision with the realm that destroyed, the one that has all that was lost, and the newest. */
  readonly commits: { readonly stale: string; readonly good: string; readonly head: string };
}

/**
 * Writes the GitOps repository of the story: four commits with fixed authors and dates, so that its hashes are the
 * same in every run. The realm file at HEAD is `realm`; a stale revision lies before it.
 * Throws RescueError `git` when git is missing or refuses.
 */
export async function writeRepository(directory: string, realm: RealmRepresentation, options: RepositoryOptions = {}): Promise<Repository> {
  const name = realm.realm ?? 'primary';
  const stale = staleRealm(realm);
  await mkdir(directory, { recursive: true });
  await git(directory, ['init', '--quiet', '--initial-branch=main']);

  await put(directory, {
    'README.md': '# identity\n\nKeycloak of the company. Argo CD applies `charts/` and `deploy/`.\n',
    'charts/keycloak/Chart.yaml': 'apiVersion: v2\nname: keycloak\nversion: 1.4.0\ndependencies:\n  - name: keycloakx\n    version: 7.1.11\n    repository: https://charts.example.com\n',
    [REPOSITORY_FILES.values]: helmValues('60'),
    [REPOSITORY_FILES.operator]: operatorImport(name),
  });
  await commit(directory, 'Run Keycloak from the chart', '2026-03-09T09:12:00+00:00');

  await put(directory, { [REPOSITORY_FILES.realm]: realmJson(stale), [REPOSITORY_FILES.configMap]: realmConfigMap(stale) });
  const staleCommit = await commit(directory, 'Keep the realm in git', '2026-06-02T15:40:00+00:00');

  await put(directory, {
    [REPOSITORY_FILES.realm]: realmJson(realm),
    ...(options.configMap === 'stale' ? {} : { [REPOSITORY_FILES.configMap]: realmConfigMap(realm) }),
  });
  const good = await commit(directory, 'Bring the realm file up to date with the console', '2026-11-12T14:02:00+00:00');

  await put(directory, { [REPOSITORY_FILES.values]: helmValues('70') });
  const head = await commit(directory, 'Give Keycloak more memory', '2026-11-20T22:41:00+00:00');
  return { directory, commits: { stale: staleCommit, good, head } };
}

/** The same files as they stand at HEAD, in a plain directory: for a machine without git. */
export async function writePlainFiles(directory: string, realm: RealmRepresentation): Promise<void> {
  await put(directory, {
    [REPOSITORY_FILES.values]: helmValues('70'),
    [REPOSITORY_FILES.operator]: operatorImport(realm.realm ?? 'primary'),
    [REPOSITORY_FILES.realm]: realmJson(realm),
    [REPOSITORY_FILES.configMap]: realmConfigMap(realm),
  });
}

async function put(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

async function commit(directory: string, subject: string, date: string): Promise<string> {
  await git(directory, ['add', '--all']);
  await git(directory, ['commit', '--quiet', '--message', subject], date);
  return git(directory, ['rev-parse', 'HEAD']);
}

/** Runs git with nothing of the person's own configuration, hooks or environment in it. */
async function git(directory: string, args: readonly string[], date?: string): Promise<string> {
  const who = { GIT_AUTHOR_NAME: 'Kim Lab', GIT_AUTHOR_EMAIL: 'kim@example.com', GIT_COMMITTER_NAME: 'Kim Lab', GIT_COMMITTER_EMAIL: 'kim@example.com' };
  const dates = date === undefined ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const env = { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', ...who, ...dates };
  try {
    const { stdout } = await run('git', ['-c', 'core.autocrlf=false', '-c', 'commit.gpgsign=false', ...args], { cwd: directory, env });
    return stdout.trim();
  } catch (cause) {
    throw new RescueError('git', `git ${args[0] ?? ''} does not work in ${directory}.`, ['Install git, or give a directory that may be written.'], { cause });
  }
}
