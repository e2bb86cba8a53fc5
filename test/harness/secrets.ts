/** Shorter ones would be found in any text. */
const SHORTEST = 6;

/**
 * Finds a secret that got into an output. The error names it by its place, never by itself.
 *
 * @param text    anything that the tool wrote where others read it
 * @param secrets every secret and token that the run has touched; also found inside JSON strings, URLs and base64
 */
export function assertNoSecrets(text: string, secrets: Iterable<string>): void {
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    for (const spelling of spellings(secret)) {
      const at = text.indexOf(spelling);
      if (at >= 0) throw new Error(`A secret of ${secret.length} characters is in the text, ${at} characters after its start.`);
    }
  }
}

function spellings(secret: string): Set<string> {
  const base64 = Buffer.from(secret).toString('base64');
  return new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64.replace(/=+$/, '').slice(0, -1) || secret, Buffer.from(secret).toString('base64url')]);
}
