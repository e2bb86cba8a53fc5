/** Shorter ones would be found in any text. */
const SHORTEST = 6;

/**
 * Finds a secret that got into an output. The error names it by its place, never by itself.
 *
 * @param text    anything that the tool wrote where others read it
 * @param secrets every secret and token that the run has touched; also found inside JSON strings, forms, URLs, HTML and base64 at any place
 */
export function assertNoSecrets(text: string, secrets: Iterable<string>): void {
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    for (const [name, spelling] of spellings(secret)) {
      const at = text.indexOf(spelling);
      if (at >= 0) throw new Error(`A secret of ${secret.length} characters is in the text, ${at} characters after its start, ${name}, behind ${JSON.stringify(text.slice(Math.max(0, at - 80), at))}.`);
    }
  }
}

function spellings(secret: string): readonly (readonly [string, string])[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  return [
    ['as it is', secret], ['as JSON', json], ['as JSON in JSON', JSON.stringify(json).slice(1, -1)], ['as a part of an address', encodeURIComponent(secret)],
    ['as a field of a form', new URLSearchParams([['', secret]]).toString().slice(1)], ['as HTML', html], ...[0, 1, 2].flatMap((before) => base64(secret, before)),
  ];
}

/** A secret inside of a base64 text, `id:secret` for instance: what it is depends on how many bytes stand before it. The ends depend on the neighbours and are cut off. */
function base64(secret: string, before: number): readonly (readonly [string, string])[] {
  const whole = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  const text = whole.toString('base64').replace(/=+$/, '').slice([0, 2, 3][before], whole.length % 3 === 0 ? undefined : -1);
  if (text.length < SHORTEST) return [];
  return [['as base64', text], ['as base64url', text.replaceAll('+', '-').replaceAll('/', '_')]];
}
