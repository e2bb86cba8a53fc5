import fc from 'fast-check';
import { expect } from 'vitest';
import { RescueError } from '../../src/realm/errors.ts';
import type { Parser } from './fuzz.ts';

/** Gives a parser so many inputs: each is read, or refused in one clear sentence with a next step. */
export async function fuzz({ input, read }: Parser, numRuns: number): Promise<void> {
  await fc.assert(fc.asyncProperty(input, async (text) => {
    try {
      await read(text);
    } catch (error) {
      if (!(error instanceof RescueError)) throw error;
      expect(error.message).toMatch(/^\S[^]*[.?]$/);
      expect(error.message + error.next.join()).not.toMatch(/\[object |undefined|NaN|^\s+at |node_modules/m);
      expect(error.next.length).toBeGreaterThan(0);
    }
  }), { numRuns, endOnFailure: false });
}
