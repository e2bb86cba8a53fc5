// npm run bench: start-up as ratios inside one run, because absolute times mean little on another machine; and what Choose
// takes from key to frame, in milliseconds, because a person feels those on any machine.
import { build } from 'esbuild';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

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

const bundled = fileURLToPath(new URL('../../dist/bench-choose.mjs', import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL('choose.ts', import.meta.url))], outfile: bundled, bundle: true, format: 'esm', platform: 'node', packages: 'external', jsx: 'automatic', logLevel: 'warning',
  define: { REALM_RESCUE_VERSION: '"bench"' },
});
process.env.NODE_ENV = 'production';
const { choosing } = await import(pathToFileURL(bundled));
console.log('Choose with 3,000 differences on 2,300 owners, processor time from key to frame, median (with 60 differences: what drawing costs here):');
for (const { name, milliseconds, small, limit } of await choosing()) {
  // Where 60 differences are as slow, it is the machine.
  const slow = milliseconds > limit && (small === null || milliseconds > 1.5 * small);
  console.log(`${name.padEnd(32)} ${milliseconds.toFixed(1).padStart(6)} ms  (at most ${limit} ms${small === null ? '' : `; ${small.toFixed(1)} ms`})${slow ? '  TOO SLOW' : ''}`);
  if (slow) over += 1;
}
process.exitCode = over;
