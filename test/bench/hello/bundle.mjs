/** Bundles the smallest program on Ink as the tool is bundled: `node bundle.mjs DIRECTORY` makes hello.js there. */
import { fileURLToPath } from 'node:url';
import { bundle } from '../../../scripts/bundle.mjs';

await bundle({ hello: fileURLToPath(new URL('hello.ts', import.meta.url)) }, process.argv[2] ?? 'hello');
