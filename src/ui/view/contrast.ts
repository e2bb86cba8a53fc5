/** Two values beside one another, so that the part in which they differ is what is seen. Pure. */
import { own, type Json, type JsonObject } from '../../realm/json.ts';
import { displayWidth, graphemes, sanitise, truncateEnd } from '../text.ts';

/** One place at which two values differ. */
export interface Contrast {
  /** Path inside the value: `attributes[birthday].permissions.edit`; empty for the value itself. */
  readonly at: string;
  /** One printable line each. */
  readonly live: string;
  readonly evidence: string;
}

/** What stands where one side has nothing. */
export const ABSENT = '(not there)';

/**
 * Every place at which two values differ. Lists of named things are compared by name, lists of plain values as sets;
 * text that is JSON is looked into, because Keycloak keeps whole documents as text in a config.
 */
export function contrasts(live: Json | undefined, evidence: Json | undefined, at = ''): readonly Contrast[] {
  const [a, b] = opened(live, evidence);
  if (isMap(a) && isMap(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => (same(own(a, key), own(b, key)) ? [] : contrasts(own(a, key), own(b, key), at === '' ? key : `${at}.${key}`)));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const inside = elements(a, b, at);
    if (inside.length > 0) return inside;
  }
  return [{ at, ...pair(live, evidence) }];
}

/** The elements that only one list has, or that differ; none where only their order does. */
function elements(a: readonly Json[], b: readonly Json[], at: string): readonly Contrast[] {
  const name = NAMES.find((key) => isNamed(a, key) && isNamed(b, key));
  if (name === undefined) {
    const only = (from: readonly Json[], other: readonly Json[]) => {
      const texts = new Set(other.map((value) => JSON.stringify(value)));
      return from.filter((value) => !texts.has(JSON.stringify(value)));
    };
    return [...only(a, b).map((value): Contrast => ({ at, ...pair(value, undefined) })), ...only(b, a).map((value): Contrast => ({ at, ...pair(undefined, value) }))];
  }
  const of = (list: readonly Json[]) => new Map(list.map((value) => [nameOf(value, name), value]));
  const [left, right] = [of(a), of(b)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => (same(left.get(key), right.get(key)) ? [] : contrasts(left.get(key), right.get(key), `${at}[${key}]`)));
}

const NAMES = ['name', 'alias', 'id', 'providerId', 'authenticator', 'flowAlias'];

function nameOf(value: Json, key: string): string {
  const found = isMap(value) ? own(value, key) : undefined;
  return typeof found === 'string' ? found : '';
}

/** True when every element has a name, and no two the same. */
function isNamed(list: readonly Json[], key: string): boolean {
  const names = list.map((value) => nameOf(value, key));
  return !names.includes('') && new Set(names).size === names.length;
}

function isMap(value: Json | undefined): value is JsonObject {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value);
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Both sides as documents where both are texts that hold one. */
function opened(live: Json | undefined, evidence: Json | undefined): readonly [Json | undefined, Json | undefined] {
  const [a, b] = [documentIn(live), documentIn(evidence)];
  return a === undefined || b === undefined || same(a, b) ? [live, evidence] : [a, b];
}

function documentIn(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return undefined;
  }
}

/** Both sides as text. Text stands without quotes, unless that would make it look like the number or boolean on the other side. */
function pair(live: Json | undefined, evidence: Json | undefined): { readonly live: string; readonly evidence: string } {
  const [a, b] = [shown(live), shown(evidence)];
  return a === b ? { live: sanitise(JSON.stringify(live ?? null)), evidence: sanitise(JSON.stringify(evidence ?? null)) } : { live: a, evidence: b };
}

function shown(value: Json | undefined): string {
  if (value === undefined) return ABSENT;
  if (value === '') return '(empty)';
  return sanitise(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The two sides of a field in one line each. */
export function fieldTexts({ live, evidence }: { readonly live?: Json; readonly evidence?: Json }): readonly [string, string] {
  const texts = pair(live, evidence);
  return [texts.live, texts.evidence];
}

/** Two texts in at most `width` cells each, cut so that the place where they begin to differ stays in sight. */
export function sideBySide(a: string, b: string, width: number): readonly [string, string] {
  if (displayWidth(a) <= width && displayWidth(b) <= width) return [a, b];
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  // A place in the text, never inside a character that takes several code units.
  const from = Math.max(0, start - Math.floor(width / 4));
  const cut = (text: string) => truncateEnd(from === 0 ? text : `…${wholeFrom(text, from)}`, width);
  return [cut(a), cut(b)];
}

/** The end of a text from about a place on, beginning with a whole character. */
function wholeFrom(text: string, from: number): string {
  const before = text.slice(Math.max(0, from - 16), from + 16);
  let at = Math.max(0, from - 16);
  for (const part of graphemes(before)) {
    if (at >= from) break;
    at += part.length;
  }
  return text.slice(at);
}
