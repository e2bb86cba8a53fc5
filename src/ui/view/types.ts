/** What the question screens are made of. */
import type { Operation } from '../../realm/model.ts';
import type { RunSnapshot } from '../../runner/handle.ts';
import type { LocalState } from '../local.ts';
import type { Size } from '../terminal.ts';
import type { Line } from './line.ts';

export type Describe = (operation: Operation) => string;

/** All that a screen may look at. */
export interface Scene {
  readonly snapshot: RunSnapshot;
  readonly local: LocalState;
  readonly size: Size;
  readonly describe: Describe;
  /** Rows that body and prompt may take together. */
  readonly height: number;
}

/** The body may be scrolled or windowed; the prompt below it always stays in sight. */
export interface Screen {
  readonly body: readonly Line[];
  readonly prompt: readonly Line[];
  /** Of a screen that windows its body itself: how far it scrolls, and by how much at once, in lines. */
  readonly scroll?: { readonly max: number; readonly page: number };
}

/** Lines that scroll up once and stay. */
export interface Block {
  readonly key: string;
  readonly lines: readonly Line[];
}
