import type { Json } from './json.ts';

/**
 * The one class of error that a person sees. Each code has an exit code and belongs to exactly one sentence of help;
 * anything else that is thrown is a bug and exits 1.
 */
export const EXIT = {
  done: 0, unexpected: 1, differences: 2, couldNotCheck: 3, notProven: 4, needsDecision: 5, locked: 6, usage: 64, interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Stable codes; scripts may rely on them (`--json` prints them). */
export const ERROR_CODES = {
  'usage': EXIT.usage,
  'unreachable': EXIT.couldNotCheck,
  'tls': EXIT.couldNotCheck,
  'refused-login': EXIT.couldNotCheck,
  'realm-not-found': EXIT.couldNotCheck,
  'missing-role': EXIT.couldNotCheck,
  'not-keycloak': EXIT.couldNotCheck,
  'server-error': EXIT.couldNotCheck,
  'no-answer': EXIT.couldNotCheck,
  'evidence-unreadable': EXIT.usage,
  'evidence-other-realm': EXIT.usage,
  'evidence-masked': EXIT.needsDecision,
  'disk': EXIT.unexpected,
  'journal-broken': EXIT.unexpected,
  'journal-newer': EXIT.usage,
  'session-not-found': EXIT.usage,
  'locked': EXIT.locked,
  'needs-decision': EXIT.needsDecision,
  'not-proven': EXIT.notProven,
  'write-failed': EXIT.couldNotCheck,
  'changed-meanwhile': EXIT.needsDecision,
  'overwritten': EXIT.needsDecision,
  'git': EXIT.usage,
  'kubeconfig': EXIT.usage,
  'object-not-found': EXIT.usage,
  'interrupted': EXIT.interrupted,
} as const satisfies Record<string, ExitCode>;
export type ErrorCode = keyof typeof ERROR_CODES;

export class RescueError extends Error {
  override readonly name = 'RescueError';
  readonly code: ErrorCode;
  readonly next: readonly string[];
  /** What `--json` prints beside the sentences: `{open: [ids]}`. */
  readonly details: { readonly [name: string]: Json };
  /**
   * @param code   stable, decides the exit code
   * @param title  one sentence in the present tense, no secret in it
   * @param next   what the person can do now; one sentence each
   */
  constructor(code: ErrorCode, title: string, next: readonly string[] = [], options: { readonly cause?: unknown; readonly details?: { readonly [name: string]: Json } } = {}) {
    super(title, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.next = next;
    this.details = options.details ?? {};
  }

  get exitCode(): ExitCode {
    return ERROR_CODES[this.code];
  }
}
