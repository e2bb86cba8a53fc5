import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Bundles a child program so that any Node can run it, and gives its path. */
export function bundleChild(name: string, directory: string): string {
  const outfile = join(directory, `${name}.mjs`);
  buildSync({ entryPoints: [join(import.meta.dirname, `${name}.ts`)], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node22', logLevel: 'silent' });
  return outfile;
}
