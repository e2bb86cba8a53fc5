// npm run bench: start-up as ratios inside one run. Absolute times mean nothing on another machine; ratios do.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bundle = fileURLToPath(new URL('../../dist/realm-rescue.js', import.meta.url));
const node = process.execPath;
const rounds = 11;
const sessions = mkdtempSync(join(tmpdir(), 'realm-rescue-bench-'));

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function wall(args) {
  const start = performance.now();
  const { status } = spawnSync(node, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${args.join(' ')} exited ${status}`);
  return performance.now() - start;
}

/** Until the header of the first frame stands on a pseudo-terminal; util-linux's script makes one. */
function firstFrame() {
  const start = performance.now();
  const command = [node, bundle, 'recover', '--url', 'http://127.0.0.1:9', '--realm', 'primary', '--username', 'x', '--session-dir', sessions].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qfec', command, '/dev/null'], { env: { ...process.env, TERM: 'xterm-256color', CI: '', KEYCLOAK_PASSWORD: 'x', COLUMNS: '80', LINES: '24' }, stdio: ['pipe', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (!text.includes('realm-rescue')) return;
      resolve(performance.now() - start);
      child.kill('SIGKILL');
    });
    child.on('exit', () => reject(new Error(`no frame was drawn: ${text.slice(-500)}`)));
    child.on('error', reject);
  });
}

const bare = [];
const help = [];
const frame = [];
wall([bundle, '--help']);
for (let round = 0; round < rounds; round += 1) {
  bare.push(wall(['-e', '0']));
  help.push(wall([bundle, '--help']));
  frame.push(await firstFrame());
}
rmSync(sessions, { recursive: true, force: true });

const base = median(bare);
const rows = [
  ['--help', median(help) / base, 2],
  ['first frame', median(frame) / base, 6],
];
console.log(`node -e 0: 1.0 (${base.toFixed(0)} ms here, median of ${rounds})`);
let over = 0;
for (const [name, ratio, limit] of rows) {
  console.log(`${name.padEnd(12)} ${ratio.toFixed(1)}x  (at most ${limit}x)${ratio > limit ? '  TOO SLOW' : ''}`);
  if (ratio > limit) over += 1;
}
process.exitCode = over;
