import { RescueError, type ErrorCode } from '../realm/errors.ts';

/** What may be read; null where these credentials may not. What is wrong with the cluster itself is thrown. */
export async function permitted<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RescueError && error.code === 'missing-role') return null;
    throw error;
  }
}

/** What is wrong with the login or the way to the cluster: nothing else would work either. */
const FATAL: readonly ErrorCode[] = ['refused-login', 'unreachable', 'tls', 'interrupted'];
/** A list of everything may take too long for a server that answers all else. */
export const FATAL_TO_A_LIST: readonly ErrorCode[] = FATAL.filter((code) => code !== 'unreachable');

/** What can be read, else why not, for what goes on without it. @param fatal  what is thrown all the same */
export async function tolerated<T>(read: () => Promise<T>, fatal = FATAL): Promise<T | RescueError> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof RescueError) || fatal.includes(error.code)) throw error;
    return error;
  }
}
