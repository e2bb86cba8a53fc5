import type { Json } from '../../src/realm/json.ts';

/** Where the sandbox is known, and meant, to answer otherwise than Keycloak. The differential test fails when one is no longer needed. */
export interface KnownDifference {
  /** The calls that it is about, by their title. */
  readonly calls: RegExp;
  /** Keys that are left out of the comparison, wherever they stand; the whole body when absent. */
  readonly keys?: readonly string[];
  readonly because: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  { calls: /serverinfo$/, because: 'only systemInfo.version is said; the rest describes a Java server that is not there' },
  { calls: /openid-configuration$/, because: 'only what the sandbox can do is announced' },
  { calls: /\/(keys|certs)( as \w+)?$/, keys: ['certificate', 'x5c', 'x5t', 'x5t#S256'], because: 'the sandbox signs with bare keys and makes no certificates; validTo is there' },
];

/** The body without what a known difference takes out; undefined when the whole body is left out. */
export function comparable(title: string, body: Json): Json | undefined {
  const known = KNOWN_DIFFERENCES.find((difference) => difference.calls.test(title));
  if (known === undefined) return body;
  return known.keys === undefined ? undefined : strip(body, known.keys);
}

function strip(value: Json, keys: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((item: Json) => strip(item, keys));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)).map(([key, item]) => [key, strip(item, keys)]));
}
