import { startSandbox } from '../../src/sandbox/server/sandbox.ts';
import { hostileName } from './hostile.ts';
import { hostileSuite } from './hostile-suite.ts';

hostileSuite('hostile names on the sandbox', hostileName('primary'), async () => {
  const sandbox = await startSandbox();
  return { url: sandbox.url, ...sandbox.admin, close: () => sandbox.close() };
});
