/** The start of a program on Ink, compile cache and all: the row `start` of baselines.md 7. */
import { enableCompileCache } from 'node:module';

enableCompileCache(process.env['HELLO_CACHE']);
const { greet } = await import('./frame.ts');
await greet();
