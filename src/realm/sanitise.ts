/**
 * Text from a server or a file never controls the terminal, and never hides anything from the reader. Client names are
 * chosen by whoever may create clients; Ink takes cursor movements out but lets colour codes (SGR) through, and the
 * plain output, the transcript and the commit message do not pass through Ink at all. So every text goes through here. Pure.
 */
import { HARMFUL_RUN } from './harmful.ts';

const MARK = '\uFFFD';
const ESCAPE = '\u001B';
const ASCII = /^[ -~]*$/;
const LINE_BREAKS = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;
/** What follows an ESC and belongs to it: a CSI with its parameters, or an introducer of one or more characters. */
const SEQUENCE = /^(?:\[[0-?]*[ -/]*[@-~]?|[ -/]*[0-~])/;

/**
 * One line that can be written anywhere. Line breaks and tabs become one space; a control sequence, a bidi or
 * zero-width mark becomes U+FFFD, so that two names which differ only in what cannot be seen do not look alike.
 */
export function sanitise(text: string): string {
  if (ASCII.test(text)) return text;
  return withoutSequences(text).replace(LINE_BREAKS, ' ').replace(HARMFUL_RUN, MARK);
}

/**
 * Every sequence as a mark. Of one that would run on to a terminator (OSC, DCS, SOS, PM, APC) only the introducer goes: what follows may be
 * the tool's own words, behind a name that opened the sequence and never closed it.
 */
function withoutSequences(text: string): string {
  // The one-byte forms of CSI, OSC and DCS, which some terminals still obey.
  const seven = text.replaceAll('\u009B', `${ESCAPE}[`).replaceAll('\u009D', `${ESCAPE}]`).replaceAll('\u0090', `${ESCAPE}P`);
  const [first = '', ...rest] = seven.split(ESCAPE);
  return first + rest.map((part) => MARK + part.replace(SEQUENCE, '')).join('');
}
