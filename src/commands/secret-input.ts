import { RescueError } from '../realm/errors.ts';
import { dieInBackground } from './signals.ts';
import { ENDING, processJob, suspendJob } from '../ui/suspend.ts';
import { sanitise } from '../ui/text.ts';

/** Everything on standard input, without the final newline. Never echoed, never kept longer than the login needs it. */
export async function readStandardInput(flag: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  const text = Buffer.concat(chunks).toString('utf8').replace(/\r?\n$/, '');
  if (!text) throw new RescueError('usage', `${flag} finds nothing on standard input.`, [`Pipe it in: printf %s "$SECRET" | realm-rescue … ${flag}`]);
  return text;
}

const [CTRL_C, CTRL_D, CTRL_Z] = ['\u0003', '\u0004', '\u001A'];

/**
 * Asks on the terminal without showing what is typed. Ctrl-c, a signal that ends a program and a terminal that is gone leave with
 * RescueError `interrupted`; ctrl-z and SIGTSTP stop the job, and fg asks again.
 */
export function askSecret(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  const job = processJob();
  return new Promise((resolve, reject) => {
    let typed = '';
    let stopped = false;
    let over = false;
    const show = () => {
      // Before the question is there to be answered: whoever is quick would see what they type.
      stdin.setRawMode(true);
      stderr.write(sanitise(prompt));
      stdin.resume();
    };
    const giveBack = () => {
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const end = () => {
      over = true;
      stdin.off('data', onData);
      for (const event of ['end', 'error']) stdin.off(event, leave);
      for (const signal of ENDING) process.off(signal, leave);
      offStop();
      offContinue();
      giveBack();
    };
    const leave = () => {
      end();
      dieInBackground();
      reject(new RescueError('interrupted', 'Left at the password; nothing was done.', ['Start again when you have it, or pipe it in with --password-stdin.']));
    };
    const stop = async () => {
      if (stopped) return;
      stopped = true;
      offStop();
      giveBack();
      await suspendJob(job);
      stopped = false;
      // `kill %1` ends a stopped job, and the shell has the terminal.
      if (over) return;
      offStop = job.onStop(stop);
      show();
    };
    let offStop = job.onStop(stop);
    // After SIGSTOP, which nobody sees coming, the shell has made the terminal echo.
    const offContinue = job.onContinue(() => {
      if (stopped) return;
      giveBack();
      show();
    });
    const onData = (data: string) => {
      for (const key of data) {
        if (key === CTRL_C || key === CTRL_D) return leave();
        if (key === CTRL_Z) return void stop();
        if (key === '\r' || key === '\n') {
          end();
          return resolve(typed);
        }
        typed = key === '\u007F' || key === '\b' ? typed.slice(0, -1) : key < ' ' ? typed : typed + key;
      }
    };
    for (const signal of ENDING) process.on(signal, leave);
    for (const event of ['end', 'error']) stdin.on(event, leave);
    stdin.on('data', onData);
    stdin.setEncoding('utf8');
    show();
  });
}
