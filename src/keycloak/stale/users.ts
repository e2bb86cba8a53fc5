import { RescueError } from '../../realm/errors.ts';
import type { JsonObject } from '../../realm/json.ts';
import type { StaleFinding } from '../../realm/snapshot.ts';
import type { Api } from '../api.ts';
import { isObject, objects, text } from '../text.ts';

export interface KnownUser {
  readonly id: string;
  readonly username: string;
}

const ASKED = 10;

/**
 * Users who still answer by id, from the cache, while the database no longer has them: the count is 0, or the search
 * by name does not find them.
 */
export async function vanishedUsers(api: Api, usersCount: number | null, known: readonly KnownUser[]): Promise<StaleFinding[]> {
  const unique = [...new Map(known.map((user) => [user.id, user])).values()].slice(0, ASKED);
  const gone: string[] = [];
  for (const { id, username } of unique) {
    const found = await search(api, username);
    if (found === undefined) return [];
    const listed = found.some((user) => user['id'] === id);
    const user = listed ? null : await api.read(['users', id]);
    if (isObject(user)) gone.push(text(user['username']) ?? id);
  }
  if (gone.length === 0) return [];
  const counted = usersCount === 0 ? 'the server counts 0 users' : 'the list of users does not have them';
  return [{ test: 'users-gone-from-list', text: `${counted}, but ${gone.length === 1 ? gone[0] : `${gone.length} of ${unique.length}, among them ${gone[0]},`} still ${gone.length === 1 ? 'answers' : 'answer'} by id` }];
}

/** Undefined where the server fails on searches for users, as beside a directory that does not answer: then nothing is told by them. */
async function search(api: Api, username: string): Promise<readonly JsonObject[] | undefined> {
  try {
    return objects(await api.read(['users'], { username, exact: true }));
  } catch (error) {
    if (error instanceof RescueError && error.code === 'server-error') return undefined;
    throw error;
  }
}
