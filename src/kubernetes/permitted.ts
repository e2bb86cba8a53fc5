import { RescueError } from '../realm/errors.ts';

/** What may be read; null where these credentials may not. What is wrong with the cluster itself is thrown. */
export async function permitted<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RescueError && error.code === 'missing-role') return null;
    throw error;
  }
}

/** What can be read, else why not, for what goes on without it. What is wrong with the login or the way to the cluster is thrown: nothing else would work either. */
export async function tolerated<T>(read: () => Promise<T>): Promise<T | RescueError> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof RescueError) || ['refused-login', 'unreachable', 'tls', 'interrupted'].includes(error.code)) throw error;
    return error;
  }
}
