/** The incident of the story, taken from a real Keycloak 26.7.4 by partial export before and after the loss, trimmed. */
import { readFileSync } from 'node:fs';
import type { Completeness, RealmState } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { readState } from '../../src/realm/state.ts';

const FIXTURE = JSON.parse(readFileSync(new URL('./fixtures/incident.json', import.meta.url), 'utf8')) as { before: RealmRepresentation; after: RealmRepresentation };

export function before(): RealmRepresentation {
  return structuredClone(FIXTURE.before);
}

export function after(): RealmRepresentation {
  return structuredClone(FIXTURE.after);
}

/** What git holds: no ids, no users, as `stage-incident.py --git-out` makes it from the state without the console edits. */
export function git(): RealmRepresentation {
  const file = withoutIds(after()) as RealmRepresentation;
  delete file.users;
  return file;
}

function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'id').map(([key, item]) => [key, withoutIds(item)]));
}

export function state(representation: RealmRepresentation, source = 'live', completeness: Completeness = 'full', serverVersion: string | null = null): RealmState {
  return readState({ realm: representation.realm ?? 'primary', source, completeness, serverVersion, representation });
}

/** A realm with one client, for tables. */
export function withClient(fields: Readonly<Record<string, unknown>>, more: RealmRepresentation = {}): RealmRepresentation {
  return { realm: 'primary', clients: [{ clientId: 'app', ...fields }], ...more };
}

export function mapper(name: string, provider: string, config: Record<string, string>) {
  return { name, protocol: 'openid-connect', protocolMapper: provider, config };
}
