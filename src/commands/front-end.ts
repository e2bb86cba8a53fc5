import { EXIT } from '../realm/errors.ts';
import { isAnswered } from '../realm/choice.ts';
import type { RunHandle } from '../runner/handle.ts';
import type { JournalLine, RunState } from '../runbook/model.ts';
import { count } from '../runbook/lines.ts';
import { stoppedBy, stoppedExit, summarise, unproven } from '../runbook/summary.ts';
import type { Terminal } from '../ui/terminal.ts';
import { sanitise } from '../ui/text.ts';
import { printJson } from './out.ts';
import type { Signals } from './signals.ts';

/** Where a front end writes: data on stdout, messages on stderr. */
const io = { out: (text: string) => void process.stdout.write(text), err: (text: string) => void process.stderr.write(text) };

/** Messages, each in one line: what is quoted in them comes from files and servers. */
const say = (...lines: readonly string[]): void => io.err(lines.map((line) => `${sanitise(line)}\n`).join(''));

/** Prints a journal line as it is recorded; only for --json. */
export function jsonLine(line: JournalLine): void {
  printJson(line);
}

/**
 * Loads the front end that the terminal calls for. Before the run is started: its first effect loads the network
 * adapter, and the first frame should not wait for that.
 *
 * @returns hands a run to it and waits for the end of both
 */
export async function prepareFrontEnd(terminal: Terminal): Promise<(handle: RunHandle, signals: Signals) => Promise<number>> {
  const show = await load(terminal);
  const asks = terminal.mode === 'ink' || terminal.mode === 'plain-prompts';
  return async (handle, signals) => {
    const releases = [signals.handTo(handle), ...(asks ? [onLostTerminal(handle)] : [])];
    try {
      await show(handle);
      const exit = await handle.done;
      if (terminal.mode === 'json') {
        const { state } = handle.snapshot();
        printJson({ type: 'summary', ...(state.finished?.summary ?? summarise(state)), exit });
      }
      return exit;
    } finally {
      for (const release of releases) release();
    }
  };
}

async function load(terminal: Terminal): Promise<(handle: RunHandle) => Promise<void>> {
  switch (terminal.mode) {
    case 'ink': {
      const { mountInk } = await import('../ui/app.tsx');
      return (handle) => mountInk(handle, terminal);
    }
    case 'plain-prompts': {
      const { runPlain } = await import('../plain/prompts.ts');
      return (handle) => runPlain(handle, terminal);
    }
    case 'headless': {
      const { printPlain } = await import('../plain/print.ts');
      return async (handle) => {
        printPlain(handle, io);
        await headless(handle, terminal.mode);
      };
    }
    case 'json':
      return (handle) => headless(handle, terminal.mode);
  }
}

/** Answers from flags until the run has ended. What no flag answers is named on stderr, and the run stops resumable. */
async function headless(handle: RunHandle, mode: Terminal['mode']): Promise<void> {
  const [{ answerHeadless }, { STOPPING }] = [await import('../plain/headless.ts'), await import('../ui/view/end.ts')];
  let stopping = false;
  let over = false;
  const sayStopping = () => {
    const { interrupted, busy } = handle.snapshot();
    if (stopping || !interrupted || busy === null) return;
    stopping = true;
    // SIGTERM leaves in the same turn, and then nothing is stopped any more.
    setImmediate(() => {
      if (!over) io.err(`realm-rescue: ${STOPPING}\n`);
    });
  };
  const answer = () => {
    const { state, busy } = handle.snapshot();
    if (!state.question || busy) return;
    const given = answerHeadless(state);
    if ('missing' in given) {
      say(...given.missing);
      handle.answer({ type: 'run.stopped', reason: 'undecided', note: given.because });
    } else {
      handle.answer(given);
    }
  };
  const unsubscribe = handle.subscribe(() => {
    sayStopping();
    queueMicrotask(answer);
  });
  answer();
  await handle.done;
  over = true;
  unsubscribe();
  explainStop(handle, mode);
}

/** Why a headless run stopped, and how it goes on. */
function explainStop(handle: RunHandle, mode: Terminal['mode']): void {
  const { state, record } = handle.snapshot();
  if (state.finished && state.finished.exit !== EXIT.done && mode === 'json' && !state.run?.readOnly) say(`realm-rescue: The run has ended, but ${shortfall(state)}.`, `  See what and why: realm-rescue transcript show ${state.run?.id ?? ''}${record?.flag ?? ''}`);
  if (!state.stopped && state.finished) return;
  const failure = stoppedBy(state);
  if (failure) say(`realm-rescue: ${failure.title}`, ...failure.next.map((line) => `  ${line}`));
  else if (!state.stopped) say('realm-rescue: Left at once. The journal is intact.');
  else say(`realm-rescue: The run has stopped: ${state.stopped.note}.`);
  // On a terminal the printed record has just said so; in a pipe it went where nobody looks.
  const said = mode === 'headless' && process.stdout.isTTY && state.stopped !== null;
  if (!said && stoppedExit(state) !== EXIT.done && state.run) say(`  The run can go on: realm-rescue resume ${state.run.id}${record?.again ?? ''}`);
}

/** What keeps an ended run from exit 0, for those who only see the stream of events. */
function shortfall(state: RunState): string {
  const claims = unproven(state).reduce((sum, entry) => sum + entry.count, 0);
  const because = new Set((state.plan?.refused ?? []).map(({ id }) => id));
  const refused = state.differences.filter((difference) => because.has(difference.id) && isAnswered(difference, 'restore', state.choices)).length;
  return [
    ...(claims > 0 ? [`${count(claims, 'claim')} ${claims === 1 ? 'is' : 'are'} not proven`] : []),
    ...(state.account && !state.account.ok ? ['the account is not equal'] : []),
    ...(refused > 0 ? [`${count(refused, 'difference')} could not be restored`] : []),
    ...state.unseen.map((part) => `not compared: ${part}`),
    ...(state.skipped.length > 0 ? [`${state.skipped.join(', ')} ${state.skipped.length === 1 ? 'was' : 'were'} skipped`] : []),
  ].join('; ') || 'not everything is done';
}

/** On a terminal that has gone nobody can answer: its input ends, or nothing can be written to it. A SIGHUP need not come. */
function onLostTerminal(handle: RunHandle): () => void {
  const leave = () => {
    handle.interrupt('the loss of its terminal');
    handle.interrupt();
  };
  const { stdin, stdout } = process;
  for (const event of ['end', 'close', 'error']) stdin.on(event, leave);
  stdout.on('error', leave);
  return () => {
    for (const event of ['end', 'close', 'error']) stdin.off(event, leave);
    stdout.off('error', leave);
  };
}
