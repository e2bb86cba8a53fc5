// Bundles the tool into dist/.
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
await bundle({ 'realm-rescue': `${root}src/cli.ts` }, `${root}dist`);
chmodSync(`${root}dist/realm-rescue.js`, 0o755);
