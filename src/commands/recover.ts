import { checkFrom } from './cluster-target.ts';
import { rememberTarget, withRecentTarget } from './recent.ts';
import { newRun } from './session.ts';
import { runSettings } from './settings.ts';
import type { CommandRun } from './table.ts';
import { resolveTarget } from './target.ts';
import { thisTerminal } from './terminal.ts';

/** What would end the export is said before anything is restored. */
async function checkBranchFor(repo: string | null, branch: string): Promise<void> {
  const [{ checkExportBranch }, { repositoryOf }] = await Promise.all([import('../gitops/branch.ts'), import('../gitops/find-files.ts')]);
  await checkExportBranch(repo === null ? null : await repositoryOf(repo), branch, '');
}

/** The runbook on a real server: interactive, plain or headless. */
export const run: CommandRun = async (given) => {
  const terminal = thisTerminal(given);
  const settings = await runSettings(given.flags);
  if (settings.from) await checkFrom(settings.from);
  if (settings.branch !== null) await checkBranchFor(settings.repo, settings.branch);
  const invocation = await withRecentTarget(given, terminal);
  const target = await resolveTarget(invocation, terminal);
  const exit = await newRun({ invocation, terminal, target, settings, demo: false, cwd: process.cwd() });
  // A script names its target each time; only people forget addresses. After the run: nothing may stand before it.
  if (terminal.mode === 'ink' || terminal.mode === 'plain-prompts') await rememberTarget({ url: target.url, realm: target.realm, envTag: invocation.flags['env-tag'] ?? null });
  return exit;
};
