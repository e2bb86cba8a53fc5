// A little of fuzz.long.test.ts, so that a parser that broke is noticed at once.
import { test } from 'vitest';
import { FILES, httpBodies, tokens } from './fuzz.ts';
import { fuzz } from './fuzz-runs.ts';

const RUNS = 150;

test.each(FILES)('$name: no crash', (parser) => fuzz(parser, RUNS));
test('HTTP bodies: no crash', async () => fuzz(await httpBodies(), 40));
test('tokens: no crash', async () => fuzz(await tokens(), RUNS));
