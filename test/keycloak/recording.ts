import { fileURLToPath } from 'node:url';
import { SnapshotAgent } from 'undici';

/** Where a recorded server is said to be: stable, and nowhere. */
export const RECORDED_ORIGIN = 'https://keycloak.example.test';
export const RECORDED_REALM = 'primary';

export function recordingFile(name: string): string {
  return fileURLToPath(new URL(`../../recordings/${name}.json`, import.meta.url));
}

const HIDDEN = 'redacted';
const SECRET_FIELDS = ['password', 'client_secret', 'refresh_token', 'token'];

/**
 * What a recording keeps of a request body, and at the same time what makes two requests equal: secrets and tokens
 * are replaced, whatever they were. undici calls it for recording and for playing back.
 */
export function hideSecrets(body: string | Buffer | null | undefined): string {
  const text = body === null || body === undefined ? '' : body.toString();
  if (text.startsWith('{') || text.startsWith('[')) return text.replaceAll(/"(secret|clientSecret|value)":"(?:[^"\\]|\\.)*"/g, (whole, field: string) => (field === 'value' ? whole : `"${field}":"${HIDDEN}"`));
  const form = new URLSearchParams(text);
  for (const field of SECRET_FIELDS) if (form.has(field)) form.set(field, HIDDEN);
  return form.toString();
}

/** An empty list of headers to match would mean "all" (terminal.md 2.1), and all would include the token. */
const MATCHING = { matchHeaders: ['content-type'], excludeHeaders: ['authorization', 'cookie', 'set-cookie'], normalizeBody: hideSecrets };

export function recorder(file: string): SnapshotAgent {
  return new SnapshotAgent({ mode: 'record', snapshotPath: file, ...MATCHING });
}

/**
 * A network that knows nothing but a recording.
 *
 * undici loads its `snapshotPath` by itself, unawaited, and starts over with the first answers when that load ends
 * after ours. So it is given a directory there, which fails without touching anything, and the file afterwards.
 */
export async function playback(name: string): Promise<SnapshotAgent> {
  const agent = new SnapshotAgent({ mode: 'playback', snapshotPath: fileURLToPath(new URL('../../recordings', import.meta.url)), ...MATCHING });
  await agent.loadSnapshots(recordingFile(name));
  return agent;
}
