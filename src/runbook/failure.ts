import type { ErrorCode } from '../realm/errors.ts';

/** What is wrong, as data: fit for the journal. */
export interface Failure {
  readonly code: ErrorCode;
  readonly title: string;
  readonly next: readonly string[];
}
