/** The part of a token's payload that shows a claim, with the claim marked. Never a token: claims only. */
import type { Json, JsonObject } from '../../realm/json.ts';
import type { Proof } from '../../runbook/model.ts';
import type { Size } from '../terminal.ts';
import { displayWidth, padTo, sanitise, truncateEnd } from '../text.ts';
import { fit, flow, line, span, type Line, type Span } from './line.ts';

/** Shown beside the awaited claim, because whoever reads a token looks there first. */
const LANDMARKS = ['aud', 'azp', 'scope'];

/**
 * The value at a path such as `resource_access.auth-service.roles`. Names may contain dots themselves (a clientId, a
 * mapper's claim name), so at each level the longest name that is there wins.
 */
export function claimAt(payload: Json, path: string): Json | undefined {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) return undefined;
  const fields = payload as JsonObject;
  if (Object.hasOwn(fields, path)) return fields[path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const name = path.slice(0, dot);
    const head = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const found = head === undefined ? undefined : claimAt(head, path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value in at most `width` cells; of a long list the awaited member stays in sight. */
export function valueText(value: Json | undefined, member: string | undefined, width: number): string {
  if (value === undefined) return '(not there)';
  const text = sanitise(Array.isArray(value) ? `[${value.map((entry) => JSON.stringify(entry)).join(', ')}]` : JSON.stringify(value));
  if (displayWidth(text) <= width) return text;
  if (Array.isArray(value) && member !== undefined && value.includes(member)) {
    return truncateEnd(sanitise(`[${JSON.stringify(member)} and ${value.length - 1} more]`), width);
  }
  if (typeof value === 'string' && member !== undefined && value.split(' ').includes(member)) {
    return truncateEnd(sanitise(`"… ${member} …" (${value.split(' ').length} words)`), width);
  }
  return truncateEnd(text, width);
}

/** True when the picture from before shows the awaited claim already: it is another user's token then, and no loss. */
function hadIt(before: Json | undefined, after: Json | undefined, member: string | undefined): boolean {
  if (before === undefined) return false;
  if (member === undefined) return JSON.stringify(before) === JSON.stringify(after);
  return Array.isArray(before) ? before.includes(member) : typeof before === 'string' ? before.split(' ').includes(member) : false;
}

/** The words that follow a value, where there are any and the line has room for them. */
function beside(value: Span, words: string, size: Size): Line {
  return words === '' || displayWidth(value.text) + displayWidth(words) + 3 > size.columns ? line(value) : line(value, span('muted', `   ${words}`));
}

/**
 * The excerpt: landmarks, and the awaited claim behind a `+` (or a `-` where it is missing).
 * Without `landmarks` only the claim: the proof above was of the same token.
 */
export function payloadLines(proof: Proof, size: Size, landmarks = true): readonly Line[] {
  if (proof.payload === null) return [];
  const { claim, member } = proof.expectation;
  const payload = proof.payload;
  const names = LANDMARKS.filter((name) => name !== claim && Object.hasOwn(payload, name));
  const proven = proof.outcome === 'proven';
  const shown = claimAt(payload, claim);
  const wide = size.width === 'wide' && proof.before !== null;
  const valueRoom = (wide ? Math.floor(size.columns / 2) : size.columns) - displayWidth(claim) - 8;
  const after = `"${sanitise(claim)}": ${valueText(shown, member, Math.max(12, valueRoom))}`;
  const marked = span(proven ? 'added' : 'removed', `${proven ? ' + ' : ' - '}${after}`);
  const had = proof.before === null ? undefined : claimAt(proof.before, claim);
  const before = proof.before === null || hadIt(had, shown, member) ? null : `"${sanitise(claim)}": ${valueText(had, member, Math.max(12, valueRoom))}`;
  // Proven by another way than this payload (userinfo, an attachment): a line that says "not there" beside OK would be read as a contradiction.
  const claimLines = proven && shown === undefined ? [] : wide && before !== null
    ? [line(padTo('   before', Math.floor(size.columns / 2)), ' after'), line(span('removed', padTo(` - ${before}`, Math.floor(size.columns / 2))), marked)]
    : [...(before === null || before === after ? [] : [beside(span('removed', ` - ${before}`), 'before', size)]), beside(marked, member === undefined ? '' : `awaited: ${member}`, size)];
  const around = landmarks ? flow(names.map((name) => line(`"${name}": ${valueText(payload[name], undefined, Math.max(12, size.columns - name.length - 8))}`)), size.columns - 2, '  ').map((of) => line('  ', ...of)) : [];
  return [...around, ...claimLines].map((of) => fit(of, size.columns));
}
