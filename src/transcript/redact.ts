/** Shorter ones would be found in any text. */
const SHORTEST = 6;

/**
 * The last guard before text leaves the tool. Secrets are kept out where they arise; this finds the one that got through.
 * The error names what was found by its place, never by itself.
 *
 * @param text    anything about to be written where others read it
 * @param secrets every secret and token this run has touched; also found inside JSON strings and in base64
 * @throws        Error when one of them is in the text: a bug, so not a RescueError
 */
export function assertNoSecrets(text: string, secrets: Iterable<string>): void {
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    for (const spelling of spellings(secret)) {
      const at = text.indexOf(spelling);
      if (at >= 0) throw new Error(`A secret of ${secret.length} characters is in the text, ${at} characters after its start; it was not written.`);
    }
  }
}

function spellings(secret: string): Set<string> {
  const base64 = Buffer.from(secret).toString('base64');
  return new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64.replace(/=+$/, '').slice(0, -1) || secret, Buffer.from(secret).toString('base64url')]);
}
