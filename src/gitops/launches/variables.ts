/** Variables as texts set them. */
import { pieceBetween } from './launch.ts';
import type { Layer, Piece, Variable } from './launch.ts';

/** A value without the quotes around it. */
export const unquoted = (raw: string) => raw.replace(/^["'](.*)["']$/s, '$1');

/** The variable that a text `NAME=value` sets. */
export function variableIn(text: string, piece: Piece): readonly Variable[] {
  const match = /^([A-Za-z_][\w.-]*)=(.*)$/s.exec(text);
  return match ? [{ name: match[1] ?? '', text: unquoted(match[2] ?? ''), offset: piece.offset, find: piece.find, swap: piece.swap }] : [];
}

/** Lines of a .env or .properties file; keys may have dots. */
export function propertyVariables(layer: Layer): readonly Variable[] {
  return [...layer.text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*([^\r\n]*)$/gm)].map((match) => {
    const start = match.index + match[0].length - (match[2] ?? '').length;
    return { name: match[1] ?? '', text: unquoted((match[2] ?? '').trim()), offset: layer.place(match.index), ...pieceBetween(layer, start, match.index + match[0].length) };
  });
}
