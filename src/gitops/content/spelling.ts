import type { Json, JsonObject } from '../../realm/json.ts';
import type { RealmState } from '../../realm/model.ts';
import type { RealmRepresentation } from '../../realm/representation.ts';

/** How a file writes what somebody else fills in. */
export interface Spelling {
  placeholder(name: string): string;
  /** A text of the live realm as this file would write it. */
  text(live: string): string;
  /** The live realm as this file would write its texts. */
  live(state: RealmState): RealmState;
}

const PLAIN: Spelling = { placeholder: (name) => `\${${name}}`, text: (live) => live, live: (state) => state };
const CONFIG_CLI: Spelling = { ...PLAIN, placeholder: (name) => `$(env:${name})` };
/** Flux and Terraform make `${X}` of `$${X}`, and something else of `${X}`: what is meant for Keycloak has to be escaped, its own `${client_account}` too. */
const ESCAPED: Spelling = {
  placeholder: (name) => `$\${${name}}`,
  text: escapedText,
  live: (state) => ({ ...state, representation: escaped(state.representation as Json) as RealmRepresentation }),
};

/** By the realm's own values: what stands beside it in the file, and in comments, is of others. */
export function spellingIn(realm: JsonObject): Spelling {
  const text = JSON.stringify(realm);
  if (text.includes('$(env:')) return CONFIG_CLI;
  return text.includes('$${') ? ESCAPED : PLAIN;
}

function escapedText(text: string): string {
  return text.replaceAll('${', () => '$${');
}

function escaped(value: Json): Json {
  if (typeof value === 'string') return escapedText(value);
  if (Array.isArray(value)) return value.map((element: Json) => escaped(element));
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, escaped(entry)])) : value;
}
