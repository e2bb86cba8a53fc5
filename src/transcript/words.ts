import type { Proof } from '../runbook/model.ts';
import type { By } from '../runbook/events.ts';

/** `2 clients`, `1 client`. */
export function count(n: number, noun: string): string {
  return `${number(n)} ${noun}${n === 1 ? '' : 's'}`;
}

export function number(n: number): string {
  return n.toLocaleString('en-US');
}

/** `11 min 04 s`; `4 s` below a minute; with hours above one. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${two(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** `2026-11-20` of an ISO time. */
export const dayOf = (iso: string): string => iso.slice(0, 10);
/** `22:43:07` of an ISO time. */
export const timeOf = (iso: string): string => iso.slice(11, 19);

/** Who decided, as the subject of a sentence. */
export const WHO: Readonly<Record<By, string>> = {
  'person': 'the engineer',
  'flag': 'a flag',
  'answers-file': 'the answers file',
  'dependency': 'a dependency',
  'suggestion': 'the engineer (accepting suggestions)',
};

/** How a claim was looked for. */
export const WAY: Readonly<Record<Proof['way'], string>> = {
  'preview': 'preview of a token (no session was created)',
  'client-credentials': 'client_credentials token',
  'refresh': 'refresh of a token from before',
  'userinfo': 'userinfo',
  'attachment': 'attachment of the mapper (no token was issued)',
  'granted-roles': 'roles granted (no token was issued)',
  'none': 'nothing that could show it',
};

/** The claim that was awaited: `groups`, or `orders:read in scope`; `mark` is put around each name. */
export function awaited({ expectation: { claim, member } }: Proof, mark: (name: string) => string = (name) => name): string {
  return member === undefined ? mark(claim) : `${mark(member)} in ${mark(claim)}`;
}

/** The signature as a clause; empty where no token was issued. */
export function signatureWords({ signature }: Proof): string {
  if (!signature) return '';
  const key = signature.sameKeyAsBefore === null ? '' : signature.sameKeyAsBefore ? ' (same key as before the incident)' : ' (ANOTHER KEY than before the incident)';
  return `${signature.alg}, kid ${signature.kid.slice(0, 8)}${signature.kid.length > 8 ? '…' : ''}${key}, signature ${signature.valid ? 'valid' : 'INVALID'}`;
}
