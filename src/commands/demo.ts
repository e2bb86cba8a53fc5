import { existsSync, mkdirSync } from 'node:fs';
import { RescueError } from '../realm/errors.ts';
import type { RealmRepresentation } from '../realm/representation.ts';
import { openAdminCalls } from '../sandbox/incident/calls.ts';
import { REPOSITORY_FILES, writePlainFiles, writeRepository } from '../sandbox/incident/repository.ts';
import { addLiveOnly, destroy, editMapper, leaveImportMarks } from '../sandbox/incident/destroy.ts';
import { logIn } from '../sandbox/incident/login.ts';
import { createRealm } from '../sandbox/incident/stage.ts';
import { goodRealmFile } from '../sandbox/incident/story.ts';
import { startSandbox } from '../sandbox/server/sandbox.ts';
import { sandboxTarget } from './recorded.ts';
import { newRun, newSession } from './session.ts';
import { runSettings } from './settings.ts';
import type { CommandRun } from './table.ts';
import { thisTerminal } from './terminal.ts';

const REALM = 'primary';
const SESSIONS = 200;

/**
 * The recovery on the sandbox. The sandbox, its git repository and its record lie in the session's own directory, so a
 * demo that was killed can be resumed like any run, and nothing outside is touched.
 */
export const run: CommandRun = async (invocation) => {
  const terminal = thisTerminal(invocation);
  // What a flag says wrongly is told before anything is staged.
  await runSettings(invocation.flags);
  const store = newSession(invocation);
  // The realm and its sessions are older than the sync: that is how keys that were kept are told from keys that were made by it.
  let age = 17 * 60_000;
  const sandbox = await startSandbox({ stateFile: `${store.directory}/sandbox.json`, clock: () => Date.now() - age });
  try {
    if (terminal.mode !== 'json') process.stderr.write(`Staging the incident on the sandbox: realm primary, 12 clients, ${SESSIONS} sessions, then a stale sync.\n`);
    const login = { url: sandbox.url, ...sandbox.admin, realm: REALM };
    const before = openAdminCalls(login);
    await createRealm(before);
    await logIn(before, SESSIONS);
    age = 0;
    const calls = openAdminCalls(login);
    await destroy(calls);
    await leaveImportMarks(calls, Date.now());
    await addLiveOnly(calls);
    await editMapper(calls);
    const repository = `${store.directory}/repository`;
    mkdirSync(repository, { mode: 0o700 });
    const withGit = await layOut(repository, goodRealmFile(calls));
    const headless = terminal.mode === 'headless' || terminal.mode === 'json';
    const settings = await runSettings(invocation.flags, {
      repo: repository,
      // With nobody to ask, the drill runs to its end; a real run never answers for the engineer.
      ...(headless ? { lost: 'restore', changed: 'restore', liveOnly: 'keep', confirm: REALM } : {}),
      // A person chooses among the revisions of the repository, where there is one.
      ...(headless || !withGit ? { evidence: [`file:${repository}/${REPOSITORY_FILES.realm}`] } : {}),
    });
    const target = sandboxTarget(sandbox, REALM, invocation.flags['read-only'] ?? false);
    const exit = await newRun({ invocation, terminal, target, settings, demo: true, cwd: repository }, store);
    if (terminal.mode === 'headless') await printRecord(store.directory);
    return exit;
  } finally {
    await sandbox.close();
  }
};

/** The story's git repository; its files alone where git is not installed. Gives whether there is a repository. */
async function layOut(directory: string, realm: RealmRepresentation): Promise<boolean> {
  try {
    await writeRepository(directory, realm);
    return true;
  } catch (error) {
    if (!(error instanceof RescueError) || error.code !== 'git') throw error;
    process.stderr.write('git is not installed: the files to patch lie in a plain directory, and git apply --check is left out.\n');
    await writePlainFiles(directory, realm);
    return false;
  }
}

/** Whoever leaves at once does not wait until it is written. */
async function printRecord(directory: string): Promise<void> {
  if (!existsSync(`${directory}/transcript.md`)) return;
  const { readFile } = await import('node:fs/promises');
  process.stdout.write(await readFile(`${directory}/transcript.md`, 'utf8'));
}
