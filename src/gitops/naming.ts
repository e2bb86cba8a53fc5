/** Files of a repository that name a client: whoever deploys it finds its secret through one of them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { filesOf, type Repository } from './find-files.ts';
import { tryGit } from './git.ts';

export interface NewSecret {
  readonly client: string;
  /** Hosts that the client's own URLs name. */
  readonly hosts: readonly string[];
  /** Paths in the repository. */
  readonly files: readonly string[];
}

/** How many files are listed for one client. */
const LISTED = 20;

/** For each client the files that hold its clientId, text files only; what git tracks, or what looks like an artefact below a plain directory. */
export async function filesNaming(repository: Repository | null, clients: readonly Omit<NewSecret, 'files'>[]): Promise<readonly NewSecret[]> {
  return Promise.all(clients.map(async (client) => ({ ...client, files: repository === null ? [] : await naming(repository, client.client) })));
}

async function naming(repository: Repository, clientId: string): Promise<readonly string[]> {
  if (repository.git) {
    const answer = await tryGit(['grep', '-lzIF', '-e', clientId, '--', '.'], { cwd: repository.top });
    return answer.stdout.split('\0').filter((line) => line !== '').toSorted();
  }
  const files = await filesOf(repository);
  const found = await Promise.all(files.map(async (file) => ((await readFile(path.join(repository.top, file.path), 'utf8')).includes(clientId) ? [file.path] : [])));
  return found.flat().toSorted();
}

/** `app has a new secret. It runs at app.example. Files that name it: deploy/app.yaml` */
export function newSecretText({ client, hosts, files }: NewSecret): string {
  const where = hosts.length === 0 ? '' : ` It runs at ${hosts.join(', ')}.`;
  const named = files.length === 0 ? 'No file of the repository names it.' : `Files that name it: ${files.slice(0, LISTED).join(', ')}${files.length > LISTED ? ` and ${files.length - LISTED} more` : ''}.`;
  return `${client} has a new secret, which its deployments need.${where} ${named}`;
}
