import { printable } from '../realm/harmful.ts';
import { RescueError } from '../realm/errors.ts';
import type { PatchedFile } from './patch-file.ts';

/** How often a text has another one. */
function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}

/** A secret as it may be spelled in files: plain, inside JSON, inside JSON inside a quoted string. */
function spellings(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [...new Set([secret, json, printable(json), printable(json, 'whole'), JSON.stringify(json).slice(1, -1), Buffer.from(secret).toString('base64')])];
}

export interface GuardedFile extends Pick<PatchedFile, 'path' | 'before' | 'after'> {
  /** The lines that the patch adds: only there can something new be. */
  readonly added: string;
}

/**
 * The last look before anything is written. No text of ours may hold a secret, and no patched file may hold one more often than the file
 * in git did (what git already has in clear stays where it is). Throws RescueError `needs-decision`, without the secret in it.
 */
export function guardSecrets(secrets: ReadonlySet<string>, files: readonly GuardedFile[], texts: Readonly<Record<string, string>>): void {
  for (const secret of secrets) {
    for (const spelling of spellings(secret)) {
      const file = files.find(({ before, after, added }) => added.includes(spelling) && occurrences(after, spelling) > occurrences(before, spelling));
      const text = Object.entries(texts).find(([, content]) => content.includes(spelling));
      if (file || text) {
        throw new RescueError('needs-decision', `The export would write a secret of the realm into ${file?.path ?? text?.[0] ?? 'a file'}, so nothing was written.`,
          ['Answer the difference that brings it with "leave" and edit that file by hand.']);
      }
    }
  }
}

/** The secrets that a text shows; for telling people, who get the number, not the values. */
export function shownIn(text: string, secrets: ReadonlySet<string>): number {
  return [...secrets].filter((secret) => spellings(secret).some((spelling) => text.includes(spelling))).length;
}
