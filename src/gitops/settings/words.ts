/** One word of a shell line with its place. Quotes around it are not part of `text`. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The commands of a shell text as words: line continuations join, comments do not count, `;`, `|`, `&&` and new lines end a command.
 * Quoted words keep their blanks. This is no shell: it only has to find `kc.sh import` and its flags where people write them.
 */
export function commandsOf(text: string): readonly (readonly Word[])[] {
  const commands: Word[][] = [];
  let words: Word[] = [];
  const finish = () => {
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (const match of text.matchAll(TOKEN)) {
    const [token] = match;
    if (token.startsWith('#')) continue;
    if (/^(?:\r?\n|[;|&]+)$/.test(token)) finish();
    else if (!/^(?:\\\r?\n|`\r?\n|\s+)$/.test(token)) {
      words.push({ text: token.replace(/^["'([{]+|["')\]},]+$/g, ''), start: match.index, end: match.index + token.length });
    }
  }
  finish();
  return commands;
}

/** In order: continuation, blanks, line end, comment (only at the beginning of a word), separators, a word with quoted parts. */
const TOKEN = /\\\r?\n|[ \t]+|\r?\n|#[^\n]*|[;|&]+|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\[^\r\n]|[^\s;|&"'\\])+|["'\\]/g;
