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
    const listed = objects(await api.read(['users'], { username, exact: true })).some((user) => user['id'] === id);
    const user = listed ? null : await api.read(['users', id]);
    if (isObject(user)) gone.push(text(user['username']) ?? id);
  }
  if (gone.length === 0) return [];
  const counted = usersCount === 0 ? 'the server counts 0 users' : 'the list of users does not have them';
  return [{ test: 'users-gone-from-list', text: `${counted}, but ${gone.length === 1 ? gone[0] : `${gone.length} of ${unique.length}, among them ${gone[0]},`} still ${gone.length === 1 ? 'answers' : 'answer'} by id` }];
}
