import { sanitise, truncateMiddle } from '../ui/text.ts';

/** Names may be 10,000 characters long; the whole of them stands in transcript.json. */
const LONGEST = 300;

// What Markdown, HTML or a chat could take as its own. `~` and `!` for strike-through and pictures; `@` is handled apart.
const SPECIAL = /[\\`*_[\]#~!]/g;
const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;', '"': '"' };
/** `@channel`, `@someone`: a ping wherever the text is pasted. `https://` and `www.`: a link that nobody meant. */
const PING_OR_LINK = /(?:@[\w-]+|\b(?:(?:https?|ftp):\/\/|www\.)[^\s<>"]+)/gi;

/**
 * Text of a server, a file or a person as Markdown that shows exactly that text, in one line, in a table or out of it.
 * Never a link, a ping, a picture, HTML or the start of a list.
 */
export function prose(text: string): string {
  const clean = truncateMiddle(sanitise(text), LONGEST).trim();
  const parts: string[] = [];
  let from = 0;
  for (const match of clean.matchAll(PING_OR_LINK)) {
    parts.push(escaped(clean.slice(from, match.index)), code(match[0]));
    from = match.index + match[0].length;
  }
  parts.push(escaped(clean.slice(from)));
  return parts.join('').replace(/^([-+=])/, '\\$1').replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

function escaped(text: string): string {
  return text.replace(SPECIAL, '\\$&').replace(/[&<>|]/g, (character) => ENTITY[character] ?? character);
}

/** As a sentence of its own: a capital (unless it starts with a name that has its own spelling) and a full stop. */
export function sentence(text: string): string {
  const shown = prose(text).replace(/^[a-z]+(?= )/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return /[.!?]$/.test(shown) || shown === '' ? shown : `${shown}.`;
}

/**
 * A name, an id or a path in a code span. With a `|` in it, which would end the cell of a table even there, it becomes
 * a `<code>` element, in which Markdown goes on reading: what could be a link is written as characters, too.
 */
export function code(text: string): string {
  const clean = truncateMiddle(sanitise(text), LONGEST);
  if (clean.trim() === '') return clean === '' ? '(empty)' : `(${clean.length} spaces)`;
  if (clean.includes('|')) return `<code>${clean.replace(/[^\p{L}\p{N} ,;/-]/gu, (character) => `&#${character.codePointAt(0)};`)}</code>`;
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${clean}${pad}${fence}`;
}

/** A fenced block. The fence is longer than any run of backticks that could end it. */
export function fenced(language: string, lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

/** A table; nothing when it has no rows. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ''];
}
