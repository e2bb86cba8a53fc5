// How the tool is bundled. ESM because yoga (inside Ink) uses top-level await; split so that --help never loads Ink.
import { build } from 'esbuild';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

// react-devtools-core is an optional peer of Ink; an external import of it would be hoisted and fail at start.
const stubDevtools = {
  name: 'stub-devtools',
  setup(b) {
    b.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'react-devtools-core', namespace: 'stub' }));
    b.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: 'export default {}', loader: 'js' }));
  },
};

const smallUndici = {
  name: 'small-undici',
  setup(b) {
    // The Kubernetes library wants more of it, and is loaded only by those who name a cluster.
    b.onResolve({ filter: /^undici$/ }, ({ importer }) => (importer.includes('@kubernetes') ? undefined : { path: `${root}scripts/undici-core.mjs` }));
  },
};

/** @param {Record<string, string>} entryPoints source file by name  @param {string} outdir its old content goes */
export async function bundle(entryPoints, outdir) {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // jsonc-parser's main is UMD with requires that a bundler cannot follow; its module field is plain ESM.
    mainFields: ['module', 'main'],
    jsx: 'automatic',
    minify: true,
    // Names of functions are not kept: that is a call for each of thousands of them before the first frame (npm run bench).
    legalComments: 'none',
    chunkNames: 'chunks/[name]-[hash]',
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"', REALM_RESCUE_VERSION: JSON.stringify(version) },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [stubDevtools, smallUndici],
    logLevel: 'warning',
  });
}
