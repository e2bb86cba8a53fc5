/** Start-up, as multiples of an empty Node. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { median, BUNDLE, run, scratch } from './tool.ts';
import type { Row } from './table.ts';

const ROUNDS = 11;

export async function start(): Promise<Row[]> {
  const [bare, help, frame]: [number[], number[], number[]] = [[], [], []];
  await run(process.execPath, [BUNDLE, '--help']);
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push((await run(process.execPath, ['-e', '0'])).milliseconds);
    help.push((await run(process.execPath, [BUNDLE, '--help'])).milliseconds);
    frame.push(await firstFrame(round));
  }
  const base = median(bare);
  const note = (value: number): string => `${value.toFixed(0)} ms against ${base.toFixed(0)} ms of \`node -e 0\`, medians of ${ROUNDS}`;
  return [
    { what: 'start: `--help`', found: median(help) / base, bound: 2, unit: 'x', note: note(median(help)) },
    { what: 'start: first frame', found: median(frame) / base, bound: 6, unit: 'x', note: note(median(frame)) },
  ];
}

/**
 * Until the whole first frame, its last line included, stands on a pseudo-terminal; util-linux's script makes one. The name of the tool is
 * no sign of it: that is drawn with the first result, here the refused connection. Each has a directory of its own: the one before may
 * still hold its lock, and then there is no frame.
 */
function firstFrame(round: number): Promise<number> {
  const started = performance.now();
  const command = [process.execPath, BUNDLE, 'recover', '--url', 'http://127.0.0.1:9', '--realm', 'primary', '--username', 'x', '--session-dir', join(scratch, `frame-${round}`)].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qfec', command, '/dev/null'], { env: { ...process.env, TERM: 'xterm-256color', CI: '', KEYCLOAK_PASSWORD: 'x', COLUMNS: '80', LINES: '24' }, stdio: ['pipe', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (!text.includes('quit')) return;
      resolve(performance.now() - started);
      child.kill('SIGKILL');
    });
    child.on('exit', () => reject(new Error(`no frame was drawn: ${text.slice(-500)}`)));
    child.on('error', reject);
  });
}
