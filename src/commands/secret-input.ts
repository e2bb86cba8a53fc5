import { RescueError } from '../realm/errors.ts';
import { sanitise } from '../ui/text.ts';

/** Everything on standard input, without the final newline. Never echoed, never kept longer than the login needs it. */
export async function readStandardInput(flag: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  const text = Buffer.concat(chunks).toString('utf8').replace(/\r?\n$/, '');
  if (!text) throw new RescueError('usage', `${flag} finds nothing on standard input.`, [`Pipe it in: printf %s "$SECRET" | realm-rescue … ${flag}`]);
  return text;
}

/** Asks on the terminal without showing what is typed. Ctrl-c leaves with exit 130. */
export function askSecret(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(sanitise(prompt));
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = () => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    const onData = (data: string) => {
      for (const key of data) {
        if (key === '\u0003' || key === '\u0004') {
          end();
          reject(new RescueError('interrupted', 'Left at the password; nothing was done.', ['Start again when you have it, or pipe it in with --password-stdin.']));
          return;
        }
        if (key === '\r' || key === '\n') {
          end();
          resolve(typed);
          return;
        }
        typed = key === '\u007f' || key === '\b' ? typed.slice(0, -1) : key < ' ' ? typed : typed + key;
      }
    };
    stdin.on('data', onData);
  });
}
