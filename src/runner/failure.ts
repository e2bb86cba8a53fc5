import { RescueError } from '../realm/errors.ts';
import type { Failure } from '../runbook/model.ts';

/** A RescueError as data for the journal. Anything else is a bug and is thrown on. */
export function asFailure(error: unknown): Failure {
  if (error instanceof RescueError) return { code: error.code, title: error.message, next: error.next };
  throw error;
}
