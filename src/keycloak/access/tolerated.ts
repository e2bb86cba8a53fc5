import { RescueError } from '../../realm/errors.ts';
import type { JsonObject } from '../../realm/json.ts';
import type { Api } from '../api.ts';

/** `usage`: an object whose name no address can carry. */
const TOLERABLE = new Set(['missing-role', 'server-error', 'usage']);

/**
 * One list of many: where it is refused, fails or is not answered it is taken as empty, and told.
 * @param unknown  is told that something may be missing, and why
 * @throws RescueError  for whatever ends every other read too
 */
export async function tolerated(api: Api, unknown: (sentence: string) => void, read: () => Promise<readonly JsonObject[]>): Promise<readonly JsonObject[]> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof RescueError) || !TOLERABLE.has(error.code)) throw error;
    unknown(`Writers of realm ${api.realm} may be missing. ${error.message}`);
    return [];
  }
}
