/** Does long work between answers of a server, so that none of them waits for all of it. */
export async function inSteps<Result>(work: Generator<unknown, Result, void>): Promise<Result> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
