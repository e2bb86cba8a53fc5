import type { TextEdit } from './text.ts';

/** A bracketed collection in a text: where it opens and closes (outside the brackets) and where each member lies. */
export interface Bracketed {
  readonly start: number;
  readonly end: number;
  readonly members: readonly { readonly start: number; readonly end: number }[];
}

/**
 * Takes members out of and puts members into a bracketed collection, with separators copied from the members around.
 *
 * @param remove  for each member, whether it goes
 * @param added   texts of new members; they are told whether they stand on a line of their own, and its indent
 * @param empty   what stands before the first and after the last member of a collection that was empty; `joint` is the comma of a line
 */
export function editBracketed(
  text: string, at: Bracketed, remove: readonly boolean[],
  added: readonly ((place: { readonly ownLine: boolean; readonly indent: string }) => string)[],
  empty: { readonly before: string; readonly after: string; readonly joint: string },
): TextEdit[] {
  const { members } = at;
  const survivor = remove.indexOf(false);
  if (survivor === -1) return replaceAll(text, at, added, empty);
  const edits: TextEdit[] = [];
  const lines = ownLines(text, at);
  if (lines !== null) edits.push(...lines.filter((_, index) => remove[index]).map(({ start, end }) => ({ start, end, text: '' })));
  else edits.push(...removals(at, remove, survivor));
  const last = members.at(-1);
  if (last && added.length > 0) {
    const separator = separatorOf(text, at, empty.joint);
    const place = placeOf(separator, text, last.start);
    edits.push({ start: last.end, end: last.end, text: added.map((print) => separator + print(place)).join('') });
  }
  return edits;
}

function removals({ members }: Bracketed, remove: readonly boolean[], survivor: number): readonly TextEdit[] {
  const [first, kept] = [members[0], members[survivor]];
  return [
    ...(survivor > 0 && first && kept ? [{ start: first.start, end: kept.start, text: '' }] : []),
    ...members.flatMap((member, index) => {
      const before = members[index - 1];
      return index > survivor && remove[index] && before ? [{ start: before.end, end: member.end, text: '' }] : [];
    }),
  ];
}

/** The line of each member, with its comma and what is said of it; null where none says anything, or one shares its line. In YAML a last comma may stay. */
function ownLines(text: string, { start, end, members }: Bracketed): readonly { readonly start: number; readonly end: number }[] | null {
  const between = [...members, { start: end, end }].map((member, index) => text.slice(members[index - 1]?.end ?? start, member.start)).join('');
  if (!between.includes('#')) return null;
  const lines = members.map((member) => {
    const from = text.lastIndexOf('\n', member.start - 1) + 1;
    const rest = /^[ \t]*,?[ \t]*(?:#[^\n]*)?\n/.exec(text.slice(member.end, end).replace(/\r(?=\n)/g, ' '))?.[0];
    return rest === undefined || text.slice(from, member.start).trim() !== '' || from <= start ? null : { start: from, end: member.end + rest.length };
  });
  return lines.every((line) => line !== null) ? lines : null;
}

/** The comma with the blanks around it, as this collection writes them. Anything else between members (a YAML comment) is not copied. */
function separatorOf(text: string, at: Bracketed, joint: string): string {
  const last = at.members.at(-1);
  const before = at.members.at(-2);
  const between = last && (before ? text.slice(before.end, last.start) : `,${text.slice(at.start + 1, last.start)}`);
  if (between !== undefined && /^\s*,\s*$/.test(between)) return before || /\n/.test(between) ? between : joint;
  return joint;
}

function placeOf(separator: string, text: string, offset: number): { readonly ownLine: boolean; readonly indent: string } {
  const broken = separator.lastIndexOf('\n');
  if (broken !== -1) return { ownLine: true, indent: separator.slice(broken + 1).replace(/[^ \t].*$/, '') };
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return { ownLine: false, indent: /^[ \t]*/.exec(line)?.[0] ?? '' };
}

function replaceAll(text: string, at: Bracketed, added: Parameters<typeof editBracketed>[3], empty: { readonly before: string; readonly after: string; readonly joint: string }): TextEdit[] {
  if (added.length === 0) return at.members.length === 0 ? [] : [{ start: at.start + 1, end: at.end - 1, text: '' }];
  const first = at.members[0];
  const last = at.members.at(-1);
  if (first && last) {
    const separator = separatorOf(text, at, empty.joint);
    const place = placeOf(/\n/.test(text.slice(at.start, first.start)) ? text.slice(at.start + 1, first.start) : '', text, first.start);
    return [{ start: first.start, end: last.end, text: added.map((print) => print(place)).join(separator) }];
  }
  const place = placeOf(empty.before, text, at.start);
  // What is said in an empty collection stays.
  if (text.slice(at.start, at.end).includes('#')) return [{ start: at.end - 1, end: at.end - 1, text: added.map((print) => print(place)).join(empty.joint) }];
  const joint = place.ownLine ? `,${empty.before}` : empty.joint;
  return [{ start: at.start + 1, end: at.end - 1, text: empty.before + added.map((print) => print(place)).join(joint) + empty.after }];
}
