import type { Api } from './api.ts';

/** Requests in flight at once: 4 keeps token requests of logged-in users fast beside us, and 16 buys nothing (baselines.md 4.2). */
export const IN_FLIGHT = 4;

/**
 * Does one thing for each item, at most `IN_FLIGHT` at a time; answers in the order of the items. The first failure
 * ends it: no further item is begun.
 */
export async function inFlight<Item, Result>(items: readonly Item[], work: (item: Item, index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(items[index] as Item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, items.length) }, worker));
  return results;
}

/**
 * All pages of a list. The first page is read alone, because most lists end there; then several at a time until one is
 * not full.
 * @param page  reads `max` entries from `first` on
 */
export async function allPages<Entry>(size: number, page: (first: number, max: number) => Promise<readonly Entry[]>): Promise<Entry[]> {
  const all = [...(await page(0, size))];
  let full = all.length === size;
  for (let first = size; full; first += size * IN_FLIGHT) {
    const pages = await inFlight(Array.from({ length: IN_FLIGHT }, (_, index) => first + index * size), (from) => page(from, size));
    all.push(...pages.flat());
    full = pages.every((entries) => entries.length === size);
  }
  return all;
}

/** Lets so many through at once; who comes later waits for a place, in the order of asking. */
export function places(free: number): <Result>(ask: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let left = free;
  return async (ask) => {
    if (left > 0) left -= 1;
    else await new Promise<void>((go) => { waiting.push(go); });
    try {
      return await ask();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else left += 1;
    }
  };
}

/** The same Api, of which no more than `IN_FLIGHT` reads and token requests are in flight, however those who ask are nested. Writes do not wait. */
export function bounded(api: Api): Api {
  const within = places(IN_FLIGHT);
  return {
    ...api,
    get: (parts, query) => within(() => api.get(parts, query)),
    read: (parts, query) => within(() => api.read(parts, query)),
    getFromServer: (parts, query) => within(() => api.getFromServer(parts, query)),
    postForm: (endpoint, form, authorization) => within(() => api.postForm(endpoint, form, authorization)),
  };
}
