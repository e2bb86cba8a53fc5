import type { Json } from '../../realm/json.ts';
import type { RealmState } from '../../realm/model.ts';
import type { RealmRepresentation } from '../../realm/representation.ts';

/** How a file writes what somebody else fills in. */
export interface Spelling {
  placeholder(name: string): string;
  /** The live realm as this file would write its texts. */
  live(state: RealmState): RealmState;
}

const PLAIN: Spelling = { placeholder: (name) => `\${${name}}`, live: (state) => state };
const CONFIG_CLI: Spelling = { ...PLAIN, placeholder: (name) => `$(env:${name})` };
/** Flux and Terraform make `${X}` of `$${X}`, and something else of `${X}`: what is meant for Keycloak has to be escaped, its own `${client_account}` too. */
const ESCAPED: Spelling = {
  placeholder: (name) => `$\${${name}}`,
  live: (state) => ({ ...state, representation: escaped(state.representation as Json) as RealmRepresentation }),
};

export function spellingIn(text: string): Spelling {
  if (text.includes('$(env:')) return CONFIG_CLI;
  return /\$\$\{/.test(text) ? ESCAPED : PLAIN;
}

function escaped(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map((element: Json) => escaped(element));
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, escaped(entry)])) : value;
}
