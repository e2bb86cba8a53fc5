import { createHash } from 'node:crypto';

/** Chance that is the same in every run: benches compare runs with each other. */
export interface Random {
  /** A whole number between the two, both included. */
  from(low: number, high: number): number;
  chance(share: number): boolean;
  one<T>(items: readonly T[]): T;
  /** Different ones, in their order; all where there are no more. */
  some<T>(items: readonly T[], count: number): T[];
  uuid(): string;
}

export function randomOf(seed: string): Random {
  const bytes = createHash('sha256').update(seed).digest();
  let state = bytes.readUInt32LE(0);
  // mulberry32: 32 bits of state are plenty for test data.
  const next = (): number => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const from = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    from,
    chance: (share) => next() < share,
    one: <T>(items: readonly T[]): T => items[from(0, items.length - 1)] as T,
    some: <T>(items: readonly T[], count: number): T[] => {
      const chosen = new Set<number>();
      while (chosen.size < Math.min(count, items.length)) chosen.add(from(0, items.length - 1));
      return items.filter((_, index) => chosen.has(index));
    },
    uuid: () => {
      const hex = Array.from({ length: 32 }, () => from(0, 15).toString(16));
      hex[12] = '4';
      hex[16] = '8';
      return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
}
