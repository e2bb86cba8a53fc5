// A disk that refuses one kind of file, in every way that disks have.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { expectGoesOn, FILES } from './disk-kinds.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

describe.each(Object.keys(FILES))('%s', (file) => {
  // A directory has no bytes to be written, and a journal that is open is not opened again.
  const codes = file === 'the directory of the run' ? ['EROFS', 'EACCES', 'EDQUOT'] : file === 'the journal, in the middle' ? ['ENOSPC', 'EIO'] : ['ENOSPC', 'EIO', 'EROFS', 'EACCES', 'EDQUOT'];
  it.each(codes)('%s', (code) => expectGoesOn({ url: sandbox.url, ...sandbox.admin }, file, code, `refused-${file.replaceAll(/\W/g, '-')}-${code}`.toLowerCase()));
});
