/** How much memory this process may waste; see docs/decisions/0010-a-small-heap.md. */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** The old generation is collected again when it has grown by this much since the last time, in percent. */
const GROWTH = 30;
/** The young generation stays at the first size from this one on, in bytes; by itself it would grow to 64 MB. */
const YOUNG = 4_000_000;
/** Milliseconds between two looks at it. */
const LOOK = 10;

/** Whether it was called: the flags are the process's. */
let asked = false;

/**
 * Tells V8 that this process shall stay small rather than save itself every collection. To be called just before much is read: the
 * first frame should not wait for collections. Both flags are read by V8 each time that it decides about a size.
 */
export function stayFrugal(): void {
  if (asked) return;
  asked = true;
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
  const looking = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young !== undefined && young.space_size < YOUNG) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(looking);
  }, LOOK);
  looking.unref();
}
