import { render } from 'ink';
import type { RunHandle } from '../runner/handle.ts';
import { App } from './components/app.tsx';
import { createController } from './controller.ts';
import { processJob, suspendJob, type Job } from './suspend.ts';
import type { Terminal } from './terminal.ts';
import { endLines, leftLines } from './view/end.ts';
import { lineText } from './view/line.ts';

/** Streams of the terminal; tests pass a virtual one. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly job?: Job;
}

type SuspendTerminal = (callback: () => Promise<void>) => Promise<void>;

/**
 * Shows a run on an interactive terminal until it has ended and the screen is restored. Never call it when
 * `decideTerminal` did not say `ink`: Ink throws on a stdin that is no terminal, and moves the cursor even on TERM=dumb.
 */
export async function mountInk(handle: RunHandle, terminal: Terminal, streams: Streams = process): Promise<void> {
  const job = streams.job ?? processJob();
  let suspendTerminal: SuspendTerminal | null = null;
  let suspended = false;
  let over = false;
  const unmounted = Promise.withResolvers<void>();
  const handOver = (meanwhile: () => Promise<void>) => {
    if (suspendTerminal === null || suspended || over) return;
    suspended = true;
    void suspendTerminal(meanwhile).finally(() => {
      suspended = false;
    });
  };
  const suspend = () => handOver(async () => {
    offStop();
    await suspendJob(job);
    // A run that was ended while it was suspended must not take the terminal back: the shell has it.
    if (over) await unmounted.promise;
    else offStop = job.onStop(suspend);
  });
  let offStop = job.onStop(suspend);
  // After a stop that could not be seen coming (SIGSTOP) the shell has set the terminal its own way, and the screen has scrolled.
  const offContinue = job.onContinue(() => handOver(() => Promise.resolve()));
  const controller = createController(handle, suspend);
  const app = render(
    <App
      controller={controller}
      terminal={terminal}
      describe={handle.describe}
      onSuspender={(way) => {
        suspendTerminal = way;
      }}
    />,
    {
      stdin: streams.stdin, stdout: streams.stdout, stderr: streams.stderr,
      // Ctrl-C is an answer to the run, not an exit; and CI=1 in somebody's shell must not silence the screen (is-in-ci).
      exitOnCtrlC: false, interactive: true, incrementalRendering: true, patchConsole: false,
    },
  );
  try {
    await handle.done;
    over = true;
    const { state } = handle.snapshot();
    const left = state.finished === null && state.stopped === null;
    if (left) controller.leave();
    // Nothing is drawn while the shell has the terminal.
    if (suspended) streams.stdout.write(`\n${(left ? leftLines : endLines)(handle.snapshot(), { ...terminal, columns: streams.stdout.columns }).map((of) => `${lineText(of)}\n`).join('')}`);
    else await app.waitUntilRenderFlush();
  } finally {
    over = true;
    offStop();
    offContinue();
    controller.close();
    app.unmount();
    unmounted.resolve();
    await app.waitUntilExit();
  }
}
