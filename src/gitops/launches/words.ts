/** One word of a shell line with its place. Quotes around it are not part of `text`. */
export interface ShellWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A command of a shell text, and the text that it is fed (`<<EOF`). */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** What stands before it: `&&`, `||`, `|`, `;`; empty at the beginning of a line. */
  readonly after: string;
  readonly fed: { readonly start: number; readonly end: number } | null;
}

/**
 * The commands of a shell text as words: line continuations join, comments do not count, `;`, `|`, `&&` and new lines end a command.
 * Quoted words keep their blanks. This is no shell: it only has to find `kc.sh import` and its flags where people write them.
 */
export function commandsOf(text: string): readonly ShellCommand[] {
  const { bare, feeds } = withoutFeeds(text);
  const commands: ShellCommand[] = [];
  let words: ShellWord[] = [];
  let after = '';
  const finish = (): void => {
    const [first] = words;
    const last = words.at(-1);
    if (first && last) commands.push({ words, after, fed: feeds.find(({ line }) => line >= first.start && line <= last.end) ?? null });
    words = [];
  };
  for (const match of bare.matchAll(TOKEN)) {
    const [token] = match;
    if (token.startsWith('#')) continue;
    if (/^(?:\r?\n|[;|&]+)$/.test(token)) {
      finish();
      after = token.trim();
    }
    else if (!/^(?:\\\r?\n|`\r?\n|\s+)$/.test(token)) words.push(bareWord(token, match.index));
  }
  finish();
  return commands;
}

const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** A word without its quotes, and without a bracket or backtick that another word opened: those are not part of its place either. */
function bareWord(token: string, start: number): ShellWord {
  const from = /^["'`([{]*/.exec(token)?.[0].length ?? 0;
  const lead = token.slice(0, from);
  const counts = new Map<string, number>();
  for (const character of token.slice(from)) counts.set(character, (counts.get(character) ?? 0) + 1);
  const count = (character: string) => counts.get(character) ?? 0;
  let to = token.length;
  let end = token.length;
  for (; to > from; to -= 1) {
    const last = token[to - 1] ?? '';
    const open = PAIRS[last];
    // A quote that was opened within the word belongs to what it quotes.
    const stray = open === undefined ? last === ',' || (/["'`]/.test(last) && (lead.includes(last) || count(last) % 2 === 1)) : count(last) > count(open);
    if (!stray) break;
    counts.set(last, count(last) - 1);
    // A quote belongs to the word, and so does what stands before it.
    if (end === to && !/["',]/.test(last)) end = to - 1;
  }
  return { text: token.slice(from, to), start, end: start + end };
}

/** In order: continuation, blanks, line end, comment (only at the beginning of a word), separators, a word with quoted parts and `{{ … }}`. */
const TOKEN = /\\\r?\n|[ \t]+|\r?\n|#[^\n]*|[;|&]+|(?:"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[^\r\n]|\$?\{\{[^{}\n]*\}\}|[^\s;|&"'\\])+|["'\\]/g;

const HEREDOC = /^(?:[^#\n]*?[\s\d])?<<(-?)\s*(["'\\]?)([A-Za-z_]\w*)\2[^\n]*$/gm;

/** The text with the bodies of its heredocs blanked, and where they are. */
function withoutFeeds(text: string): { readonly bare: string; readonly feeds: readonly { readonly line: number; readonly start: number; readonly end: number }[] } {
  const feeds: { line: number; start: number; end: number }[] = [];
  let bare = text;
  for (const match of text.matchAll(HEREDOC)) {
    const operator = match.index + match[0].indexOf('<<');
    if (feeds.some(({ start, end }) => operator >= start && operator < end)) continue;
    const start = match.index + match[0].length + 1;
    const closing = new RegExp(`^${match[1] ? '\\t*' : ''}${match[3] ?? ''}[ \\t\\r]*$`, 'm');
    const found = closing.exec(text.slice(start));
    const end = found ? start + found.index : text.length;
    feeds.push({ line: operator, start, end });
    const closed = found ? end + found[0].length : end;
    bare = bare.slice(0, start) + bare.slice(start, closed).replace(/[^\n]/g, ' ') + bare.slice(closed);
  }
  return { bare, feeds };
}
