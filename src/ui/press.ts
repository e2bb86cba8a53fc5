/**
 * The one normaliser of keys. Ink hands over what one read gave: over a slow ssh link or through tmux `yes` and Enter
 * arrive as the single event `"yes\r"` whose `key.return` is false, and `jj` as one event (ink#782).
 */
import { graphemes } from './text.ts';

export interface KeyPress {
  /** What a binding names: a character, or `enter`, `escape`, `up`, `ctrl-c`, `shift-tab` ... */
  readonly id: string;
  /** What it adds to a text field; null for keys that are no text. */
  readonly text: string | null;
}

/** The part of Ink's Key that is looked at. */
export interface RawKey {
  readonly upArrow?: boolean; readonly downArrow?: boolean; readonly leftArrow?: boolean; readonly rightArrow?: boolean;
  readonly pageUp?: boolean; readonly pageDown?: boolean; readonly home?: boolean; readonly end?: boolean;
  readonly return?: boolean; readonly escape?: boolean; readonly tab?: boolean; readonly backspace?: boolean; readonly delete?: boolean;
  readonly ctrl?: boolean; readonly shift?: boolean; readonly meta?: boolean;
}

export type Chunk = { readonly kind: 'keys'; readonly presses: readonly KeyPress[] } | { readonly kind: 'paste'; readonly text: string };

const NAMED: readonly (readonly [keyof RawKey, string])[] = [
  ['upArrow', 'up'], ['downArrow', 'down'], ['leftArrow', 'left'], ['rightArrow', 'right'], ['pageUp', 'page-up'], ['pageDown', 'page-down'],
  ['home', 'home'], ['end', 'end'], ['return', 'enter'], ['escape', 'escape'], ['tab', 'tab'], ['backspace', 'backspace'], ['delete', 'backspace'],
];

const CONTROL: Readonly<Record<number, string>> = { 8: 'backspace', 9: 'tab', 10: 'enter', 13: 'enter', 27: 'escape', 127: 'backspace' };

/**
 * One input event as single key presses. Text that goes on after a line end cannot be typing that lagged, because nobody
 * types past an Enter whose effect is not yet on the screen: it is a paste from a terminal without bracketed paste.
 */
export function splitInput(input: string, key: RawKey): Chunk {
  const named = NAMED.find(([flag]) => key[flag] === true);
  if (named) return { kind: 'keys', presses: [{ id: withModifiers(named[1], key), text: null }] };
  if (key.ctrl && input.length === 1) return { kind: 'keys', presses: [{ id: `ctrl-${input}`, text: null }] };
  // Alt with a letter is no letter: it must not reach a text field or a command.
  if (key.meta) return { kind: 'keys', presses: [] };
  if (/[\r\n][^\r\n]/.test(input)) return { kind: 'paste', text: input };
  return { kind: 'keys', presses: graphemes(input.replaceAll('\r\n', '\r')).map(pressOf) };
}

function withModifiers(name: string, key: RawKey): string {
  if (key.ctrl) return `ctrl-${name}`;
  return name === 'tab' && key.shift ? 'shift-tab' : name;
}

function pressOf(grapheme: string): KeyPress {
  const code = grapheme.codePointAt(0) ?? 0;
  const named = CONTROL[code];
  if (named) return { id: named, text: null };
  if (code < 32) return { id: `ctrl-${String.fromCodePoint(code + 96)}`, text: null };
  return { id: grapheme === ' ' ? 'space' : grapheme, text: grapheme };
}
