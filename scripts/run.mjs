// Runs the tool in a checkout, building it first when a source is newer than the bundle.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}dist/realm-rescue.js`;

function newest(directory) {
  let latest = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) latest = Math.max(latest, statSync(`${entry.parentPath}/${entry.name}`).mtimeMs);
  }
  return latest;
}

function stale() {
  if (!existsSync(bundle)) return true;
  const built = statSync(bundle).mtimeMs;
  return [newest(`${root}src`), ...['package.json', 'scripts/build.mjs', 'scripts/bundle.mjs', 'scripts/undici-core.mjs'].map((f) => statSync(root + f).mtimeMs)].some((t) => t > built);
}

if (stale()) await import('./build.mjs');
// npm runs scripts in the checkout; the person's own folder is INIT_CWD, and paths in ARGS are meant from there.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
process.argv[1] = bundle;
await import(bundle);
