/** How much memory this process may waste; see docs/decisions/0010-a-small-heap.md. */
import { setFlagsFromString } from 'node:v8';

/** The old generation is collected again when it has grown by this much since the last time, in percent. */
const GROWTH = 15;

/** Whether it was called: the flags are the process's. */
let asked = false;

/**
 * Tells V8 that this process shall stay small rather than save itself every collection: the old generation grows slowly, the young one
 * not at all from now on. To be called just before much is read: the first frame should not wait for collections. V8 reads both flags
 * each time that it decides about a size.
 */
export function stayFrugal(): void {
  if (asked) return;
  asked = true;
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
  setFlagsFromString('--semi-space-growth-factor=1');
}
