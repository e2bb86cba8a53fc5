/**
 * Lists of people, which the server may ask of a directory (user federation) too. With a bind Keycloak gives up on one that does not
 * answer after five seconds. Without one (`authType: none`, and no read timeout is set) its search waits for ever, and so does a thread
 * of the server with every request (tried on 26.7.4): so the first such list of a realm is asked for alone, and none after one that was
 * not answered. Accounts by id, their roles and groups, and partial exports ask no directory.
 */
import { RescueError } from '../realm/errors.ts';

/** Milliseconds: several directories that are given up on, one after the other, are no silence yet. */
export const SILENCE = 30_000;

/**
 * Which list of people a path below a realm is: a search for users, or holders of a role and members of a group, which a directory is
 * asked for only where a mapper of its own says so. Undefined for anything else.
 */
export function listOfPeople(parts: readonly string[]): 'search' | 'holders' | undefined {
  const last = parts.at(-1);
  if (last !== 'users' && last !== 'members') return undefined;
  return parts.length === 1 ? 'search' : 'holders';
}

/** Whether that is why a read failed. */
export function isSilence(error: unknown): boolean {
  return error instanceof RescueError && error.code === 'server-error' && error.message === SILENT;
}

const SILENT = `The server does not answer a list of users within ${SILENCE / 1000} seconds; a directory behind its user federation may be silent.`;

export interface People {
  /**
   * Asks for one list.
   * @param of  realm and sort of list
   * @throws RescueError `server-error` when it is not answered, or one before it was not
   */
  ask<Result>(of: string, list: () => Promise<Result>): Promise<Result>;
}

export function openPeople(): People {
  /** By realm and sort: whether the first list was answered. */
  const first = new Map<string, Promise<boolean>>();
  const asked = async <Result>(of: string, list: () => Promise<Result>): Promise<Result> => {
    try {
      return await list();
    } catch (error) {
      if (!(error instanceof RescueError) || error.code !== 'unreachable') throw error;
      first.set(of, Promise.resolve(false));
      throw silent(error);
    }
  };
  return {
    ask: async (of, list) => {
      const known = first.get(of);
      if (known !== undefined) {
        if (!(await known)) throw silent();
        return asked(of, list);
      }
      const answer = asked(of, list);
      first.set(of, answer.then(() => true, (error: unknown) => !isSilence(error)));
      return answer;
    },
  };
}

function silent(cause?: unknown): RescueError {
  return new RescueError('server-error', SILENT, [
    'Switch the user federation provider off, or give it a read timeout, then try again.',
  ], cause === undefined ? {} : { cause });
}
