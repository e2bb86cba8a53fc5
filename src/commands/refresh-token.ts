import { RescueError } from '../realm/errors.ts';
import type { Ports } from '../runner/ports.ts';
import type { Flags } from './options.ts';
import { readText } from './settings.ts';

/**
 * The refresh token that the engineer has: the client id on the first line and the token on the second, or the token
 * alone; then the client is read from the token's own `azp`.
 */
export function refreshToken(flags: Flags): Ports['refresh'] {
  const file = flags['refresh-token-file'];
  if (!file) return undefined;
  const lines = readText(file, '--refresh-token-file').split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
  const token = lines.at(-1) ?? '';
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new RescueError('usage', `${file} holds no refresh token: its last line is not three parts with dots between.`, ['Put the client id on the first line and the token, as the client got it, on the second.']);
  const client = lines.length > 1 ? lines[0] : authorizedParty(token);
  if (!client) throw new RescueError('usage', `${file} does not say which client its refresh token belongs to.`, ['Put the client id on the first line and the token on the second.']);
  return { client, token, secret: undefined };
}

function authorizedParty(token: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return payload !== null && typeof payload === 'object' && 'azp' in payload && typeof payload.azp === 'string' ? payload.azp : undefined;
  } catch {
    return undefined;
  }
}
