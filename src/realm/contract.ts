import type { Json, JsonObject } from './json.ts';
import type { Completeness, Difference } from './model.ts';

export interface ContractInput {
  readonly realm: string;
  /** capturedAt: ISO 8601, UTC. */
  readonly live: { readonly capturedAt: string; readonly fingerprint: string };
  readonly evidence: readonly { readonly source: string; readonly completeness: Completeness }[];
  readonly differences: readonly Difference[];
}

/** Exactly the object that `compare --json` prints: schema `realm-rescue/differences/v1` of the contract. */
export function toContractJson(input: ContractInput): JsonObject {
  const count = (change: Difference['change']): number => input.differences.filter((difference) => difference.change === change).length;
  return {
    schema: 'realm-rescue/differences/v1',
    realm: input.realm,
    live: { capturedAt: input.live.capturedAt, fingerprint: input.live.fingerprint },
    evidence: input.evidence.map(({ source, completeness }) => ({ source, completeness })),
    differences: input.differences.map(differenceJson),
    counts: { lost: count('lost'), changed: count('changed'), liveOnly: count('live-only') },
  };
}

function differenceJson(difference: Difference): JsonObject {
  const { id, kind, owner, name, change, fields, effect, suggest, because, source, onlyCompared } = difference;
  return {
    id, kind, owner, name, change, fields: fields.map((field): Json => ({ ...field })), effect, suggest, because, source,
    ...(onlyCompared === undefined ? {} : { onlyCompared }),
  };
}
