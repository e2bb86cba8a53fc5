import { listSessions, type SessionSummary } from '../journal/sessions.ts';
import { count } from '../runbook/lines.ts';
import { sanitise } from '../ui/text.ts';
import { printJson } from './out.ts';
import { sessionDirectory, sessionFlag } from './session.ts';
import type { CommandRun } from './table.ts';

/** Lists recorded runs, newest first, with what to do about each. */
export const run: CommandRun = async (invocation) => {
  const directory = sessionDirectory(invocation);
  const sessions = listSessions(directory);
  if (invocation.flags.json) {
    printJson({ schema: 'realm-rescue/sessions/v1', directory, sessions }, 2);
    return 0;
  }
  if (sessions.length === 0) process.stderr.write(`${sanitise(`No recorded runs in ${directory}.`)}\n`);
  for (const session of sessions) process.stdout.write(`${sanitise(row(session, sessionFlag(invocation)))}\n`);
  return 0;
};

function row(session: SessionSummary, flag: string): string {
  const where = [session.envTag, session.url, session.realm].filter(Boolean).join(' / ');
  if (session.problem) return `${session.id}  cannot be used: ${session.problem}`;
  const frozen = session.unjudged ? `  RUNS, ITS SYNC NOT JUDGED: realm-rescue thaw ${session.id}${flag}` : session.frozen.length === 0 ? '' : `  FROZEN: ${session.frozen.join(', ')}${session.takenBack.length === 0 ? '' : ` (taken back when last looked at: ${session.takenBack.join(', ')})`}; let it run again with: realm-rescue thaw ${session.id}${flag}`;
  if (session.freeze !== null) return `${session.id}  ${session.startedAt ?? 'never begun'}  freeze of ${session.freeze}${frozen !== '' ? frozen : session.hasPaused ? '  nothing is paused by it any more' : '  paused nothing'}`;
  return `${session.id}  ${session.startedAt ?? 'never begun'}  ${where}  ${standing(session, flag)}${frozen}`;
}

function standing({ id, finished, exit, step, undone }: SessionSummary, flag: string): string {
  if (finished) return `finished, exit ${exit ?? '?'}${undone === null ? '' : `, ${count(undone.undone, 'write')} of it taken back`}`;
  const resume = `realm-rescue resume ${id}${flag}`;
  if (undone === null) return `stopped at ${step ?? 'the start'}; go on with: ${resume}`;
  const what = undone.standing === 0 ? `taken back (${count(undone.undone, 'write')})` : `taken back in part (${count(undone.undone, 'write')}; ${undone.standing} left in place)`;
  return `${what}, stands at ${step ?? 'the start'}; restore again with: ${resume}`;
}
