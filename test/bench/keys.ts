/** From a key to its frame in Choose, with thousands of differences. Ink is bundled as in the tool itself. */
import { build } from 'esbuild';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { choosing } from './choose.ts';
import type { Row } from './table.ts';

/** Where a small realm is as slow, it is drawing on this machine that costs, and not the number of differences. */
const LIKE_SMALL = 1.5;

export async function keys(): Promise<Row[]> {
  const bundled = fileURLToPath(new URL('../../dist/bench-choose.mjs', import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL('choose.ts', import.meta.url))], outfile: bundled, bundle: true, format: 'esm', platform: 'node', packages: 'external', jsx: 'automatic', logLevel: 'warning',
    define: { REALM_RESCUE_VERSION: '"bench"' },
  });
  process.env['NODE_ENV'] = 'production';
  const loaded = (await import(pathToFileURL(bundled).href)) as { readonly choosing: typeof choosing };
  return (await loaded.choosing()).map(({ name, milliseconds, small, limit }): Row => ({
    what: `choose: ${name}`, found: milliseconds, bound: milliseconds > limit && small !== null && milliseconds <= LIKE_SMALL * small ? null : limit, unit: 'ms',
    note: `processor time from key to frame, median, 3,000 differences on 2,300 owners${small === null ? '' : `; ${small.toFixed(1)} ms with 60 differences`}`,
  }));
}
