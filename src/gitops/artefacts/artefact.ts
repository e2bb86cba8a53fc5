import type { Document } from 'yaml';
import type { Json, JsonObject } from '../../realm/json.ts';
import type { ExportedFile } from '../../runbook/model.ts';
import { parseYaml } from '../launches/nested.ts';
import type { Importer } from '../catalogue/setting.ts';
import type { Launch } from '../launches/launch.ts';
import type { Origins } from '../splice/origin.ts';
import type { TextEdit } from '../splice/text.ts';

/** A text that may be an artefact. Parsing happens at most once, and only for recognisers that ask. */
export interface SourceFile {
  /** With `/`, relative to the repository or to nothing: only its name is looked at. */
  readonly path: string;
  readonly text: string;
  /** undefined: this is not JSON. */
  json(): Json | undefined;
  /** Empty: this is not YAML that can be trusted (parse errors, or templates that only look like YAML). */
  yaml(): readonly Document.Parsed[];
}

/** A realm in a file: its value, and the way to change it in place. */
export interface RealmSite {
  readonly realm: string;
  /** For people: `data["realm.json"]`; empty when the file is the realm. */
  readonly where: string;
  readonly value: JsonObject;
  /** Set when this place is only read: why, and what a person has to do. */
  readonly refusal: string | null;
  /** The edits of the file that turn `value` into `after`. Throws Refusal. */
  splice(after: JsonObject, origins: Origins): TextEdit[];
}

/** A strategy setting in a file. */
export interface SettingSite {
  /** Id in the catalogue. */
  readonly setting: string;
  /** What it is called in the file, where the catalogue has one entry for many names. */
  readonly name?: string;
  /** Offset in the file, for the line. */
  readonly offset: number;
  /** The value that decides; null where there is none. */
  readonly value: string | null;
  /** What makes it harmless, and the words for it; null: reported, not patched. */
  readonly fix: { readonly edits: readonly TextEdit[]; readonly done: string } | null;
  /** The version that the file itself pins, or that somebody knows; null where nobody does. */
  readonly version: string | null;
  /** What imports in the same launch. */
  readonly beside: ReadonlySet<Importer>;
  /** It belongs to something that is switched off, or that nothing in the file uses. */
  readonly idle?: boolean;
  /** It is not in the file: people look for it there, so the export adds it. */
  readonly absent?: boolean;
}

export interface Recognised {
  readonly artefact: ExportedFile['artefact'];
  readonly realms: readonly RealmSite[];
  /** Objects that are writers by themselves. */
  readonly settings: readonly SettingSite[];
  /** The processes that the file starts, with what decides about their imports. */
  readonly launches: readonly Launch[];
  /** Set when the file as a whole must not be patched. */
  readonly refusal: string | null;
  /** It is no JSON or YAML at all. */
  readonly broken?: boolean;
  /** It mentions settings and was not read, so that nobody knows what it decides. */
  readonly unjudged?: boolean;
}

/** One packaging of a realm or of settings. A new one is a new file and one line in the registry. */
export interface Recogniser {
  readonly name: string;
  /** null: this is not what I know. Never throws for odd input. */
  recognise(file: SourceFile): Recognised | null;
}

export const isYamlPath = (path: string) => /\.(?:ya?ml|json)$/i.test(path);

/** Opens a text for the recognisers. */
export function openFile(path: string, text: string): SourceFile {
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const json = once<Json | undefined>(() => {
    if (!/^\s*[[{]/.test(bare)) return undefined;
    try {
      return JSON.parse(bare) as Json;
    } catch {
      return undefined;
    }
  });
  const yaml = once<readonly Document.Parsed[]>(() => parseYaml(text));
  return { path, text, json, yaml };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
