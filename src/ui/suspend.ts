/** In raw mode ctrl-z is only a key, and a screen that is stopped by a signal would leave its modes on: suspending is up to us. */

/** Signals that end a program whose terminal is in raw mode, and with it leave one that echoes nothing. */
export const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Parts of `process` that suspending needs; tests pass their own. */
export interface Job {
  /** Stops this process and those that started it in the same job, as the shell would. */
  stop(): void;
  onContinue(listener: () => void): () => void;
  /** Somebody asks this process to stop, as `kill -TSTP` does. While a listener is there, it is only asked; `stop` needs all of them taken away. */
  onStop(listener: () => void): () => void;
}

export function processJob(): Job {
  return {
    // 0 is the whole process group: npm and the launcher in front of us have to stop as well, or the shell never gets the terminal.
    stop: () => void process.kill(0, 'SIGTSTP'),
    onContinue: (listener) => {
      process.on('SIGCONT', listener);
      return () => void process.off('SIGCONT', listener);
    },
    onStop: (listener) => {
      process.on('SIGTSTP', listener);
      return () => void process.off('SIGTSTP', listener);
    },
  };
}

/**
 * Stops the job and resolves once it goes on. The timer keeps the process alive, which Node would otherwise let end
 * while no input is read; and where no shell can stop us (an orphaned group, as under `tmux new COMMAND`), the kernel
 * ignores SIGTSTP and no SIGCONT ever comes: then the timer is what brings the screen back.
 */
export function suspendJob(job: Job): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      off();
      // `kill %1` sends SIGTERM as well, which may be heard after SIGCONT; taking the terminal in the background would stop us again before.
      setTimeout(() => setImmediate(resolve), 20);
    };
    const off = job.onContinue(done);
    const timer = setTimeout(done, 300);
    job.stop();
  });
}
