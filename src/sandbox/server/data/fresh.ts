import type { JsonObject } from '../../../realm/json.ts';
import type { RealmRepresentation } from '../../../realm/representation.ts';
import data from './fresh-realm.json' with { type: 'json' };

/**
 * What a fresh realm of Keycloak 26.7.4 holds: read off a real server by partial export and a few GETs, ids taken out,
 * `{realm}` where the realm's name stood.
 */
export interface Fresh {
  readonly realm: RealmRepresentation;
  readonly profile: JsonObject;
  readonly profileMetadata: JsonObject;
  readonly eventTypes: readonly string[];
  /** protocol → ids of the protocol mapper providers. */
  readonly mapperProviders: Readonly<Record<string, readonly string[]>>;
  /** authenticator → what the executions list says about it. */
  readonly executions: Readonly<Record<string, JsonObject>>;
}

/** A copy of its own for each caller, so that nobody can change the next realm's beginning. */
export const fresh = (realm: string): Fresh => JSON.parse(JSON.stringify(data).replaceAll('{realm}', () => JSON.stringify(realm).slice(1, -1))) as Fresh;
/** For reading only. */
export const freshData: Fresh = data as unknown as Fresh;
