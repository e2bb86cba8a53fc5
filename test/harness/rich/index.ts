import { core } from './core.ts';
import type { Family } from './family.ts';

/** Every kind of realm object; later families may build on what earlier ones made. */
export const FAMILIES: readonly Family[] = [core];
