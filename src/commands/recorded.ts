import { readJournal } from '../journal/read.ts';
import { RescueError } from '../realm/errors.ts';
import type { Target } from '../keycloak/target.ts';
import type { JournalLine, RunInfo, RunSettings } from '../runbook/model.ts';
import { startSandbox } from '../sandbox/server/sandbox.ts';
import type { Flags } from './options.ts';
import { runSettings } from './settings.ts';
import { VERSION } from '../version.ts';

/** What a recorded run was started with. */
export function recordedRun(directory: string, id: string): RunInfo {
  return startOf(readJournal(`${directory}/${id}`, id).lines, id);
}

function startOf(lines: readonly JournalLine[], id: string): RunInfo {
  for (const { event } of lines) {
    if (event.type === 'run.started') return event.run;
    if (event.type === 'freeze.begun') throw new RescueError('session-not-found', `Record ${id} is of a freeze, which is no recovery to go on with.`, [`To let run again what it paused: realm-rescue thaw ${id}`]);
  }
  throw new RescueError('session-not-found', `Run ${id} ended before it had begun.`, ['Start anew with: realm-rescue recover']);
}

/**
 * What of that start still counts. The word that started the writes was spent once they were taken back, and what was said of a paused writer
 * once it ran again: both have to be said anew.
 */
export function standingSettings(settings: RunSettings, lines: readonly JournalLine[]): RunSettings {
  const isTakenBack = lines.some(({ event }) => event.type === 'undo.started');
  const ranAgain = lines.some(({ event }) => (event.type === 'thaw.stated' && event.statement !== null) || (event.type === 'resume.answered' && event.resume));
  return { ...settings, ...(isTakenBack ? { confirm: null } : {}), ...(isTakenBack && ranAgain ? { frozen: null, thawed: null } : {}) };
}

/** Flags of now win, flag by flag, over those of then. */
export async function settingsAgain(then: RunSettings, flags: Flags): Promise<RunSettings> {
  const now = await runSettings(flags, then);
  return {
    ...now,
    clients: flags.client ? now.clients : then.clients,
    answers: flags.answers ? now.answers : then.answers,
    probeUser: now.probeUser ?? then.probeUser,
    thawed: now.thawed ?? then.thawed,
    out: now.out ?? then.out,
    branch: now.branch ?? then.branch,
    acceptUnproven: now.acceptUnproven ?? then.acceptUnproven,
  };
}

/** The sandbox of a demo run, as it was left: same port, keys and sessions. */
export async function demoTarget(directory: string, id: string, info: RunInfo): Promise<{ readonly target: Target; readonly close: () => Promise<void> }> {
  const sandbox = await startSandbox({ port: Number(new URL(info.url).port), stateFile: `${directory}/${id}/sandbox.json` });
  return { target: sandboxTarget(sandbox, info.realm, info.readOnly), close: () => sandbox.close() };
}

/** How to log in to a sandbox. */
export function sandboxTarget(sandbox: { readonly url: string; readonly admin: { readonly username: string; readonly password: string } }, realm: string, readOnly: boolean): Target {
  return { url: sandbox.url, realm, authRealm: 'master', clientId: 'admin-cli', ...sandbox.admin, userAgent: `realm-rescue/${VERSION}`, readOnly };
}
