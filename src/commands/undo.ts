import { createInterface } from 'node:readline/promises';
import { createEvidenceReader } from '../evidence/reader.ts';
import { createExporter } from '../gitops/exporter.ts';
import { acquireLock } from '../journal/lock.ts';
import { findSession } from '../journal/sessions.ts';
import { openKeycloak } from '../keycloak/keycloak.ts';
import { EXIT, RescueError } from '../realm/errors.ts';
import type { Operation } from '../realm/model.ts';
import { count } from '../runbook/lines.ts';
import { replay } from '../runbook/transition.ts';
import { writeTranscripts } from '../runner/close.ts';
import type { SessionStore } from '../runner/ports.ts';
import { undo, undoable, type Undone } from '../runner/undo.ts';
import { sanitise } from '../ui/text.ts';
import type { Terminal } from '../ui/terminal.ts';
import { printJson } from './out.ts';
import { demoTarget, recordedRun } from './recorded.ts';
import { giveBack } from './locks.ts';
import { againFlags, logOut, openRecorded, sessionDirectory } from './session.ts';
import { catchSignals } from './signals.ts';
import { refuseReadOnly } from './read-only.ts';
import type { CommandRun } from './table.ts';
import { resolveTarget } from './target.ts';
import { thisTerminal } from './terminal.ts';

/** Takes back the writes of a recorded run, or of one client of it. A typed word starts it, as everywhere. */
export const run: CommandRun = async (invocation) => {
  const [typed] = invocation.words;
  if (!typed) throw new RescueError('usage', 'No run is named.', ['See realm-rescue sessions for the ids, then: realm-rescue undo ID']);
  refuseReadOnly(invocation, 'undo');
  const directory = sessionDirectory(invocation);
  const { id } = findSession(directory, typed);
  const terminal = thisTerminal(invocation);
  const selection = { owners: invocation.flags.client ?? [], operations: invocation.flags.operation ?? [], deleteClients: invocation.flags['delete-clients'] === true };
  const info = recordedRun(directory, id);
  const demo = info.demo ? await demoTarget(directory, id, info) : null;
  const target = demo?.target ?? (await resolveTarget(invocation, terminal, info));
  const keycloak = openKeycloak(target);
  const lock = acquireLock({ directory, url: target.url, realm: target.realm, session: id, now: Date.now });
  let opened: SessionStore | undefined;
  let patient = true;
  const signals = catchSignals({ title: 'Left; the journal is intact, and what may have been sent is looked for before anything is sent again.', next: [`Start again with: realm-rescue undo ${id}${againFlags(invocation)}`] });
  try {
    // Opening may cut off a torn line, which in a run that is alive would be the one being written: under the lock only.
    const store = openRecorded(directory, id);
    opened = store;
    const { operations } = undoable(replay(store.lines.map((line) => line.event)), selection);
    if (operations.length > 0) await Promise.race([signals.left, confirmed(terminal, target.realm, invocation.flags.confirm, operations)]);
    const settings = info.settings;
    const ports = { keycloak, evidence: createEvidenceReader({ cwd: process.cwd() }), exporter: createExporter({ now: Date.now }), store, now: Date.now, settings, refresh: undefined };
    const undoing = undo({ ports, ...selection, by: invocation.flags.confirm ? 'flag' : 'person', onStep: (operation, outcome, because) => process.stderr.write(`${outcome === 'undone' ? 'OK  ' : 'LEFT'} ${sanitise(operation.title)}${because ? `: ${sanitise(because)}` : ''}\n`) });
    const result = await Promise.race([signals.left, undoing]);
    writeTranscripts(store);
    process.stderr.write(`${sanitise(outcome(result, `realm-rescue resume ${id}${againFlags(invocation)}`))}\n`);
    if (invocation.flags.json) printJson({ schema: 'realm-rescue/undo/v1', session: id, ...result });
    return result.left.length > 0 ? EXIT.notProven : EXIT.done;
  } catch (error) {
    patient = !(error instanceof RescueError && error.code === 'interrupted');
    // A record that is closed takes no intent, so nothing more can be sent.
    if (!patient) opened?.close();
    throw error;
  } finally {
    try {
      await logOut(keycloak, patient, signals.left);
      await demo?.close();
      opened?.close();
    } finally {
      giveBack(lock);
      signals.release();
    }
  }
};

function outcome({ undone, left }: Undone, resume: string): string {
  if (undone === 0 && left.length === 0) return `All of it was taken back before; nothing was sent. To restore it again: ${resume}`;
  return `${count(undone, 'write')} taken back${left.length === 0 ? '' : `, ${left.length} not`}.${undone === 0 ? '' : ` To restore again what was taken back: ${resume}`}`;
}

async function confirmed(terminal: Terminal, word: string, given: string | undefined, operations: readonly Operation[]): Promise<void> {
  const writes = operations.length;
  const ending = operations.filter((operation) => operation.inverseEndsSessions === true);
  const warning = ending.length === 0 ? '' : `Of ${ending.map((operation) => operation.title).join(', ')} the sessions END FOR GOOD. `;
  if (given === word) return;
  if (given !== undefined) throw new RescueError('needs-decision', `--confirm says "${given}", but the realm is ${word}.`, [`Give --confirm ${word}.`]);
  if (terminal.mode === 'headless' || terminal.mode === 'json') throw new RescueError('needs-decision', `${count(writes, 'write')} would be taken back, and nobody confirmed it. ${sanitise(warning)}`.trim(), [`Give --confirm ${word}.`]);
  process.stderr.write('These writes would be sent:\n');
  for (const operation of operations) process.stderr.write(`  ${sanitise(`${operation.request.method.padEnd(6)} ${operation.title}${operation.note ? `: ${operation.note}` : ''}${operation.inverseNote ? `. ${operation.inverseNote}` : ''}`)}\n`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-c and the end of the input close the prompt, and its question then never settles.
  const closed = new Promise<string>((resolve) => { prompt.once('close', () => resolve('')); });
  const answer = await Promise.race([prompt.question(sanitise(`${warning}Type ${word} to take back ${count(writes, 'write')}, anything else to leave: `)), closed]);
  prompt.close();
  if (answer.trim() !== word) throw new RescueError('interrupted', 'Left; nothing was taken back.', [`Start again and type ${word} to take it back.`]);
}
