import { newRun } from './session.ts';
import { runSettings } from './settings.ts';
import type { CommandRun } from './table.ts';
import { resolveTarget } from './target.ts';
import { thisTerminal } from './terminal.ts';

/** The runbook on a real server: interactive, plain or headless. */
export const run: CommandRun = async (invocation) => {
  const terminal = thisTerminal(invocation);
  const settings = runSettings(invocation.flags);
  const target = await resolveTarget(invocation, terminal);
  return newRun({ invocation, terminal, target, settings, demo: false, cwd: process.cwd() });
};
