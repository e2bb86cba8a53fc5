import { render } from 'ink';
import type { RunHandle } from '../runner/handle.ts';
import { App } from './components/app.tsx';
import { createController } from './controller.ts';
import { processJob, suspendJob, type Job } from './suspend.ts';
import type { Terminal } from './terminal.ts';

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
  const suspend = () => {
    if (suspendTerminal === null || suspended) return;
    suspended = true;
    void suspendTerminal(() => suspendJob(job)).finally(() => {
      suspended = false;
    });
  };
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
    const { state } = handle.snapshot();
    if (state.finished === null && state.stopped === null) controller.leave();
    await app.waitUntilRenderFlush();
  } finally {
    controller.close();
    app.unmount();
    await app.waitUntilExit();
  }
}
