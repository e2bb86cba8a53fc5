/** What no output of the tool may hold, whoever chose the names in it. */
import { expect } from 'vitest';

/** Joiners and variation selectors are parts of an emoji or of a word in a script that needs them; anywhere else they only hide something. */
const JOINED = /(?<=[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}])[\u200C\u200D]|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D|(?<=\p{Emoji})[\uFE0E\uFE0F]/gu;
/** Controls, marks that reorder or hide, lone surrogates, separators of lines, and what fonts draw as nothing. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Nothing in the text can drive a terminal, hide or reorder anything. Line feeds are the tool's own. */
export function expectHarmless(text: string, of: string): void {
  const rest = text.replace(JOINED, '');
  const at = rest.search(HARMFUL);
  expect(at === -1 ? null : `${of}: …${JSON.stringify(rest.slice(Math.max(0, at - 60), at))} then U+${rest.codePointAt(at)?.toString(16)}`).toBeNull();
}

/** No line begins as a piece of a name would, had a line break in the name been kept. */
export function expectNoBrokenLine(text: string, of: string): void {
  expect(text.split('\n').filter((line) => /^\s*(?:Signed-off-by: eve|# a comment|## heading|Runbook-Session: 0000|- x\s)/.test(line)), of).toEqual([]);
}

/** Each line is JSON, and harmless as text already: whoever prints it must not be driven by it. */
export function expectHarmlessJson(text: string, of: string): readonly unknown[] {
  expectHarmless(text, of);
  return text.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
}

/** Rows of tables, split at the pipes that GFM would split at. */
function cells(row: string): string[] {
  return row.split(/(?<!\\)\|/);
}

/** Markdown without its fenced blocks. */
export function outsideFences(markdown: string): string {
  return markdown.replace(/^(`{3,})\w*\n[^]*?\n\1$/gm, '');
}

/** A line without its code spans, and without what a backslash takes the meaning from. */
function withoutCode(line: string): string {
  return line.replace(/\\[!-/:-@[-`{-~]|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
}

/** Tables whose rows have equally many cells, and nothing of Markdown or HTML but what the transcript itself writes. */
export function expectOwnMarkdown(markdown: string, details = 1): void {
  const outside = outsideFences(markdown);
  const tables = outside.split('\n').filter((line) => line.startsWith('|'));
  let width = 0;
  for (const [index, row] of tables.entries()) {
    if (tables[index + 1]?.startsWith('| ---') === true) width = cells(row).length;
    expect(cells(row)).toHaveLength(width);
  }
  const unquoted = outside.split('\n').map(withoutCode).join('\n').replace(/<\/?(?:details|summary|code)>/g, '');
  expect(unquoted).not.toMatch(/[<>]/);
  expect(unquoted).not.toMatch(/!\[|\]\(/);
  expect(unquoted).not.toMatch(/@(?:here|channel)|(?:https?|ftp):\/\/|www\./i);
  expect(markdown.match(/^<\/details>$/gm) ?? []).toHaveLength(details);
}
