/** In raw mode ctrl-z is only a key, so suspending is up to us. */

/** Parts of `process` that suspending needs; tests pass their own. */
export interface Job {
  /** Stops this process and those that started it in the same job, as the shell would. */
  stop(): void;
  onContinue(listener: () => void): () => void;
}

export function processJob(): Job {
  return {
    // 0 is the whole process group: npm and the launcher in front of us have to stop as well, or the shell never gets the terminal.
    stop: () => void process.kill(0, 'SIGTSTP'),
    onContinue: (listener) => {
      process.once('SIGCONT', listener);
      return () => process.off('SIGCONT', listener);
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
      resolve();
    };
    const off = job.onContinue(done);
    const timer = setTimeout(done, 300);
    job.stop();
  });
}
