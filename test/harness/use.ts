import { afterAll, beforeAll, beforeEach } from 'vitest';

/**
 * A server for all tests of a file, or of the `describe` that calls this: started before the first, stopped after the last, and told then whether one
 * of them failed, which is when its log is kept. Gives the way to it; what is used later than another is stopped before it.
 */
export function useServer<T extends { stop(failed?: boolean): Promise<void> }>(start: () => Promise<T>): () => T {
  let server: T | undefined;
  let failed = false;
  beforeAll(async () => { server = await start(); });
  // That of the context: the global one knows no tests beside each other.
  beforeEach(({ onTestFailed }) => { onTestFailed(() => { failed = true; }); });
  afterAll(() => server?.stop(failed));
  return () => {
    if (server === undefined) throw new Error('The server runs only while the tests do.');
    return server;
  };
}
