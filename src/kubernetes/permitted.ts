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
