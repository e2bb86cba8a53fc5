// A disk that refuses one kind of file; every file with every code is in disk-kinds.long.test.ts.
import { afterAll, beforeAll, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { expectGoesOn } from './disk-kinds.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

it.each([
  ['the lock', 'EROFS'], ['the snapshot after', 'EIO'], ['the patch', 'ENOSPC'], ['the transcript', 'ENOSPC'],
])('%s: %s', (file, code) => expectGoesOn({ url: sandbox.url, ...sandbox.admin }, file, code, `refused-${file.replaceAll(/\W/g, '-')}`));
