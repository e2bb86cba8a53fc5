import { RescueError } from '../../realm/errors.ts';
import type { Progress } from '../../runner/ports.ts';
import type { Api } from '../api.ts';
import { bounded, inFlight } from '../flight.ts';
import { isSilence } from '../people.ts';

/** What every part of a capture has at hand. */
export interface Reading {
  readonly api: Api;
  /** What the reader of the snapshot has to know: parts that were refused. */
  readonly notes: string[];
  /**
   * Reads one part. A part that these credentials may not see is left out, with a note that names the role: silence
   * is never read as "deleted" (model.ts, `listed`).
   */
  part<Result>(name: string, role: string, read: () => Promise<Result>): Promise<Result | undefined>;
  /** Does something for each item, several at a time, and counts. */
  each<Item, Result>(name: string, items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]>;
  /** The same for parts that are read beside others, whose count would only flicker between theirs. */
  readonly aside: Reading;
}

export function openReading(api: Api, onProgress: (progress: Progress) => void): Reading {
  // Parts run beside each other and inside each other (groups below groups).
  const [limited, notes]: [Api, string[]] = [bounded(api), []];
  const open = (tell: (progress: Progress) => void): Omit<Reading, 'aside'> => ({
    api: limited,
    notes,
    part: async (name, role, read) => {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof RescueError) || (error.code !== 'missing-role' && error.code !== 'server-error')) throw error;
        // On a node with a stale cache single reads answer 500; the others may hold the last copy of what was lost.
        notes.push(`The ${name} could not be read: ${error.code === 'missing-role' ? `grant ${role} of realm-management.` : isSilence(error) ? inside(error.message) : 'the server fails (500) on them.'}`);
        return undefined;
      }
    },
    each: async (name, items, work) => {
      let done = 0;
      tell({ part: name, done, total: items.length });
      return inFlight(items, async (item) => {
        const result = await work(item);
        done += 1;
        tell({ part: name, done, total: items.length });
        return result;
      });
    },
  });
  const aside: Reading = { ...open(() => undefined), get aside() { return aside; } };
  return { ...open(onProgress), aside };
}

/** A sentence after a colon. */
function inside(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
