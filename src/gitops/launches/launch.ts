import type { TextEdit } from '../splice/text.ts';

/** A text inside of a file (a script in a ConfigMap, the YAML in a chart's string) with the way from its offsets to those of the file. */
export interface Layer {
  readonly text: string;
  /** null: what is in it is read, but its place in the file is not edited (a template, a fold). */
  lift: ((edits: readonly TextEdit[]) => TextEdit[]) | null;
  /** Offset in the file of an offset in the text; of the text as a whole where that cannot be followed. */
  place(offset: number): number;
}

/** The file itself. */
export const wholeFile = (text: string): Layer => ({ text, lift: (edits) => [...edits], place: (offset) => offset });

/** A text that stands somewhere in a file. */
export interface Piece {
  readonly text: string;
  /** Offset in the file, for the line. */
  readonly offset: number;
  /** Offset in the file of a part of the text, where it stands last; of the whole where that cannot be followed. */
  find(part: string): number;
  /** Edits of the file that replace that part with another; null where that is not possible. */
  swap(part: string, fresh: string): readonly TextEdit[] | null;
}

/** One argument of a command line. */
export interface Word extends Piece {
  /** Edits that put another argument behind it. */
  follow(argument: string): readonly TextEdit[] | null;
  /** Its text as one that a shell may read (`sh -c TEXT`). */
  inside(): Layer;
}

/** One environment variable; its text is its value. */
export interface Variable extends Piece {
  readonly name: string;
}

/**
 * One start of a process as a file describes it: a container, a service, a line of a script. Where only variables are known (a ConfigMap for
 * `envFrom`, a .env file) there are no words: they are what some server will be started with.
 */
export interface Launch {
  readonly words: readonly Word[];
  readonly environment: readonly Variable[];
  /** As it is written, tag included; null where the file does not say. */
  readonly image: string | null;
  /** Where the image is named. */
  readonly imagePiece?: Piece;
  /** Parts of a template that are there or not, as offsets in the file: what stands in one protects nothing outside of it. */
  readonly conditions?: readonly { readonly start: number; readonly end: number }[];
  /** Why it is read and not edited, and what a person has to do. */
  readonly sealed?: string;
  /** It is switched off, or nothing in the file uses it. */
  readonly idle?: boolean;
  /** What adds a variable to this launch; null where there is no place for one. */
  readonly addVariable: ((name: string, value: string) => readonly TextEdit[] | null) | null;
}

/** What a piece can do whose text stands between two offsets of a layer. */
export function pieceBetween(layer: Layer, start: number, end: number): Pick<Piece, 'find' | 'swap'> {
  const at = (part: string): number => layer.text.slice(start, end).lastIndexOf(part);
  return {
    find: (part) => layer.place(start + Math.max(0, at(part))),
    swap: (part, fresh) => (at(part) === -1 || layer.lift === null ? null : layer.lift([{ start: start + at(part), end: start + at(part) + part.length, text: fresh }])),
  };
}

/** A part of a layer as one of its own. */
export function sliceOf(layer: Layer, start: number, end: number): Layer {
  const { lift } = layer;
  return {
    text: layer.text.slice(start, end), place: (offset) => layer.place(offset + start),
    lift: lift && ((edits) => lift(edits.map((edit) => ({ ...edit, start: edit.start + start, end: edit.end + start })))),
  };
}

/** The version in an image's tag: `quay.io/keycloak/keycloak:26.7.4-0@sha256:…` is 26.7.4; null for `latest`, a digest alone, a placeholder. */
export function imageVersion(image: string | null): string | null {
  return /:v?(\d+\.\d+(?:\.\d+)?)[^/]*$/.exec(image ?? '')?.[1] ?? null;
}
