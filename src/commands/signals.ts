/** Signals of a command that holds a lock and a journal: nothing of either is left behind, whenever one comes. */
import { inBackground } from '../journal/process.ts';
import { RescueError } from '../realm/errors.ts';
import type { RunHandle } from '../runner/handle.ts';

/** SIGHUP: the terminal is gone. SIGQUIT is ctrl-\ where no screen reads the keys. */
const LEAVING = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

export interface Signals {
  /** Rejects with RescueError `interrupted` when a signal comes while no run is there to take it. */
  readonly left: Promise<never>;
  /** From now on the run takes them: SIGINT as ctrl-c, the others leave at once, with the journal intact. Gives back a function that ends this. */
  handTo(run: Pick<RunHandle, 'interrupt'>): () => void;
  release(): void;
}

/**
 * @param said  what has not happened, and how to go on
 */
export function catchSignals(said: { readonly title: string; readonly next: readonly string[] }): Signals {
  const left = Promise.withResolvers<never>();
  // Nobody may be waiting when it comes.
  left.promise.catch(() => undefined);
  let run: Pick<RunHandle, 'interrupt'> | null = null;
  const leave = () => left.reject(new RescueError('interrupted', said.title, said.next));
  const interrupt = () => (run ? run.interrupt() : leave());
  const leaveAtOnce = (signal: string) => {
    if (!run) return leave();
    run.interrupt(signal);
    run.interrupt();
  };
  process.on('SIGINT', interrupt);
  for (const signal of LEAVING) process.on(signal, leaveAtOnce);
  return {
    left: left.promise,
    handTo: (taken) => {
      run = taken;
      return () => {
        run = null;
      };
    },
    release: () => {
      process.off('SIGINT', interrupt);
      for (const signal of LEAVING) process.off(signal, leaveAtOnce);
    },
  };
}

/**
 * The end of a job that was stopped and then killed (`kill %1`): it dies by the signal, as the shell expects. Node sets the terminal back
 * when it exits after raw mode, and the kernel stops a background process that does so (SIGTTOU): it would stay there, stopped, for good.
 */
export function dieInBackground(): void {
  if (!inBackground()) return;
  // What hides the cursor listens for good, and would only hear of it a turn later.
  process.removeAllListeners('SIGTERM');
  process.kill(process.pid, 'SIGTERM');
}
