import { printable } from '../realm/harmful.ts';
import type { Json, JsonObject } from '../realm/json.ts';
import type { Proof } from '../runbook/model.ts';
import { truncateEnd } from '../ui/text.ts';

/** Shown beside the awaited claim; no other claim leaves the journal, because payloads name people. */
const LANDMARKS = ['azp', 'aud', 'scope'];

export interface ClaimRow {
  /** ` ` stands in the token, `+` is the awaited claim as it is now, `-` the same before the restore or still missing. */
  readonly sign: ' ' | '+' | '-';
  /** `"scope": "profile email orders:read"`, printable ASCII and letters, in one line. */
  readonly text: string;
}

/** The excerpt of a decoded payload that shows the awaited claim; empty where no token was read. */
export function excerpt(proof: Proof, width = 110): ClaimRow[] {
  if (proof.payload === null) return [];
  const { payload, before, expectation: { claim } } = proof;
  const shown = claimAt(payload, claim);
  const awaited = rowText(claim, shown, width);
  const earlier = before === null ? null : rowText(claim, claimAt(before, claim), width);
  const landmarks = LANDMARKS.filter((name) => name !== claim && payload[name] !== undefined).map((name): ClaimRow => ({ sign: ' ', text: rowText(name, payload[name], width) }));
  const missing = proof.outcome !== 'proven';
  // Proven by something else than this payload (userinfo, granted roles): "not there" beside "proven" would contradict it.
  if (!missing && shown === undefined) return landmarks;
  return [
    ...landmarks,
    ...(earlier === null || earlier === awaited ? [] : [{ sign: '-' as const, text: earlier }]),
    { sign: missing ? '-' : '+', text: awaited },
  ];
}

function rowText(name: string, value: Json | undefined, width: number): string {
  const shown = value === undefined ? 'not there' : printable(JSON.stringify(value)).replaceAll('","', '", "');
  return truncateEnd(`${printable(JSON.stringify(name))}: ${shown}`, width);
}

/**
 * The value at a path such as `resource_access.auth-service.roles`. A clientId or a claim may hold dots itself, so at
 * each level the longest name that is there wins.
 */
export function claimAt(payload: JsonObject, path: string): Json | undefined {
  if (Object.hasOwn(payload, path)) return payload[path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const inner = Object.hasOwn(payload, path.slice(0, dot)) ? payload[path.slice(0, dot)] : undefined;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) continue;
    const found = claimAt(inner as JsonObject, path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
