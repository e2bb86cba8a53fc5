/** The runbook on a terminal that cannot be drawn on, or for somebody who listens to it: append-only, numbered prompts. */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { count } from '../runbook/lines.ts';
import type { RunHandle, RunSnapshot } from '../runner/handle.ts';
import { processJob } from '../ui/suspend.ts';
import type { Size, Terminal } from '../ui/terminal.ts';
import { sanitise } from '../ui/text.ts';
import { questionKey } from '../ui/local.ts';
import { line, wrap } from '../ui/view/line.ts';
import { leftLines, STOPPING } from '../ui/view/end.ts';
import { runningLine } from '../ui/view/running.ts';
import { whyScreen } from '../ui/view/triage.ts';
import { promptOf, readReply } from './ask.ts';
import { blockPrinter, textOf } from './print.ts';
import type { Reply } from './reply.ts';

export interface PlainIo {
  readonly input: Readable;
  readonly out: (text: string) => void;
  /** Called when the job goes on after it was stopped, as by ctrl-z and fg. Gives back a function that ends this. */
  readonly onContinue: (listener: () => void) => () => void;
}

function processIo(): PlainIo {
  return { input: process.stdin, out: (text) => void process.stdout.write(text), onContinue: processJob().onContinue };
}

function ended({ state }: RunSnapshot): boolean {
  return state.finished !== null || state.stopped !== null;
}

/** What a reply gets before the question is asked again. */
function saidTo(read: Reply, { state }: RunSnapshot, size: Size): string {
  switch (read.kind) {
    case 'answer': return read.answer.type === 'choice.made' ? `${count(Object.keys(read.answer.choices).length, 'answer')} taken.\n` : '';
    case 'why': return textOf(whyScreen(state.triage, size).body, size);
    case 'again': return read.say === '' ? '' : `${read.say.split('\n').map(sanitise).join('\n')}\n`;
  }
}

/**
 * Asks a person line by line until the run has ended. The end of the input (ctrl-d, a closed pipe) leaves the run,
 * which can be resumed. Ctrl-C comes as SIGINT and is the caller's.
 */
export async function runPlain(handle: RunHandle, terminal: Terminal, io: PlainIo = processIo()): Promise<void> {
  const size: Size = { ...terminal, rows: 100_000 };
  const printBlocks = blockPrinter(io.out, size);
  const reader = createInterface({ input: io.input, terminal: false });
  let asked: string | null = null;
  let doing: string | null = null;
  let stopping = false;
  let over = false;

  /** Writes what is new: finished blocks, what runs now, or the question. */
  const show = () => {
    const snapshot = handle.snapshot();
    // Whoever leaves at a question, by ctrl-c say, leaves the line of the question open.
    if (asked !== null && ended(snapshot)) io.out('\n');
    if (ended(snapshot)) asked = null;
    printBlocks(snapshot);
    const { question } = snapshot.state;
    if (ended(snapshot)) return;
    if (snapshot.interrupted && snapshot.busy !== null && !stopping) {
      stopping = true;
      // SIGTERM leaves in the same turn, and then nothing is stopped any more.
      setImmediate(() => {
        if (!over) io.out(`\n${textOf(wrap(line(STOPPING), size.columns), size)}`);
      });
    }
    if (snapshot.busy !== null || question === null) {
      asked = null;
      if (snapshot.busy !== null && snapshot.busy !== doing) io.out(textOf([runningLine({ ...snapshot, progress: null })], size));
      doing = snapshot.busy;
      return;
    }
    doing = null;
    if (asked === questionKey(question)) return;
    asked = questionKey(question);
    const prompt = promptOf(snapshot, question, handle.describe, size);
    io.out(`\n${textOf(prompt.lines, size)}${prompt.ask}`);
  };

  const reply = (text: string) => {
    const snapshot = handle.snapshot();
    const { question } = snapshot.state;
    // A line typed ahead while something runs must not answer a question that nobody has read.
    if (question === null || snapshot.busy !== null || asked !== questionKey(question)) return;
    const read = readReply(snapshot, question, text);
    if (read.kind === 'answer') {
      // The next question may be of the same kind and owner (a second try): ask it in full.
      if (read.answer.type !== 'choice.made') asked = null;
      if (!handle.answer(read.answer)) io.out('The run is not waiting for that now.\n');
    }
    const now = handle.snapshot();
    const same = now.busy === null && now.state.question !== null && asked === questionKey(now.state.question);
    if (!same) return show();
    const prompt = promptOf(now, now.state.question, handle.describe, size);
    io.out(`${saidTo(read, now, size)}${read.kind === 'again' && read.list ? textOf(prompt.lines, size) : ''}${prompt.ask}`);
  };

  /** The shell has written over the place where the question stood. */
  const again = () => {
    const snapshot = handle.snapshot();
    if (ended(snapshot)) return;
    const { question } = snapshot.state;
    if (snapshot.busy !== null) io.out(textOf([runningLine({ ...snapshot, progress: null })], size));
    else if (question !== null) io.out(promptOf(snapshot, question, handle.describe, size).ask);
  };

  reader.on('line', reply);
  reader.on('close', () => handle.interrupt('the end of its input'));
  const unsubscribe = handle.subscribe(show);
  const offContinue = io.onContinue(again);
  show();
  try {
    await handle.done;
  } finally {
    over = true;
    unsubscribe();
    offContinue();
    reader.removeAllListeners('close');
    reader.close();
  }
  const last = handle.snapshot();
  printBlocks(last);
  if (!ended(last)) io.out(textOf(leftLines(last, size), size));
}
