// Every parser of what comes from outside, with ten thousand inputs each: read, or refused in one clear sentence; no crash, no hang.
import { test } from 'vitest';
import { FILES, httpBodies, tokens } from './fuzz.ts';
import { fuzz } from './fuzz-runs.ts';

const RUNS = 10_000;

test.each(FILES)('$name: 10,000 inputs', (parser) => fuzz(parser, RUNS));
test('HTTP bodies: 10,000 inputs', async () => fuzz(await httpBodies(), RUNS));
test('tokens: 10,000 inputs', async () => fuzz(await tokens(), RUNS));
