import { expect } from 'vitest';
import { RescueError } from '../../src/realm/errors.ts';

/** The RescueError that a promise ends with; anything else fails the test. */
export async function failure(promise: Promise<unknown>): Promise<RescueError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof RescueError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** The same where something was refused: whoever is refused is told what to do next. */
export async function refusal(promise: Promise<unknown>): Promise<RescueError> {
  const error = await failure(promise);
  expect(error.next.length).toBeGreaterThan(0);
  return error;
}
