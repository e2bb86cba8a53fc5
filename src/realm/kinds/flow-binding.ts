import type { Json, JsonObject } from '../json.ts';
import { own } from '../json.ts';
import { escapePart, objectId, parseId, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { Look, RealmObject, RealmState } from '../model.ts';
import { isBuiltinClient } from '../normal/builtins.ts';
import { aliasOf } from '../normal/flows.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import type { ClientRepresentation, RealmRepresentation } from '../representation.ts';
import { unknown } from '../unknowns.ts';
import { restoreBinding } from '../writes/flow-binding-writes.ts';

/** Where a realm binds a flow, and what the flow decides there. */
export const REALM_BINDINGS: Readonly<Record<string, string>> = {
  browserFlow: 'logins in a browser', registrationFlow: 'registrations', directGrantFlow: 'logins by direct grant', resetCredentialsFlow: 'password resets',
  clientAuthenticationFlow: 'how clients authenticate', dockerAuthenticationFlow: 'Docker logins', firstBrokerLoginFlow: 'first logins through identity providers',
};

const OVERRIDES: Readonly<Record<string, string>> = { browser: 'logins in a browser', direct_grant: 'logins by direct grant' };

export const flowBinding: Kind = {
  name: 'flow-binding',
  title: 'flow binding',
  facts: { restored: 'one PUT of the realm, or of the client, with nothing but its chosen bindings', idKept: false, undo: 'yes', lostForGood: 'nothing; logins that have begun go on in the old flow' },
  extract: (representation, completeness) => {
    const whole = omissionMeansEmpty(representation, completeness);
    const clients = (representation.clients ?? []).flatMap((raw) => (raw.clientId === undefined ? [] : [{ name: raw.clientId, raw }]));
    return {
      // A realm always has all of its bindings, so none is ever absent and no place is listed.
      objects: [...Object.keys(REALM_BINDINGS).flatMap((field) => realmBinding(representation, field)), ...clients.flatMap(({ name, raw }) => overrides(representation, name, raw))],
      listed: clients.filter(({ raw }) => whole || raw['authenticationFlowBindingOverrides'] !== undefined).map(({ name }) => place('flow-binding', `client/${escapePart(name)}`)),
    };
  },
  references: (found) => (typeof found.value === 'string' ? [objectId('flow', found.value)] : []),
  effect: (change, found, live) => {
    const what = decides(found);
    const now = live.objects.get(found.id)?.value;
    if (change === 'live-only') return `${what} go through flow ${text(now)} only in the live realm`;
    return `${what} go through ${now === undefined ? 'the flow of the realm' : `flow ${text(now)}`} instead of flow ${text(found.value)}`;
  },
  // What a token carries does not depend on the flow, but for acr and amr.
  claims: () => [],
  builtin: (found) => isBuiltinClient(found.owner),
  restore: restoreBinding,
  look: (id) => {
    const [holder = '', name = '', binding = ''] = parseId(id).parts;
    return holder === 'realm' ? lookAtRealm(name) : lookAtClient(name, binding);
  },
  // A realm file names a flow by an id of its own, or by an alias that has to be in it too; either without the flow breaks its import.
  inFile: () => [],
};

/** `logins in a browser`, or with the client: `logins in a browser of app`. */
function decides(binding: RealmObject): string {
  const [holder, name = '', override = ''] = parseId(binding.id).parts;
  return holder === 'realm' ? own(REALM_BINDINGS, name) ?? name : `${own(OVERRIDES, override) ?? override} of ${name}`;
}

/** What the bindings of a state hand to a flow, in words. */
export function boundTo(alias: string, state: RealmState): readonly string[] {
  return [...state.objects.values()].filter((object) => object.kind === 'flow-binding' && object.value === alias).map(decides);
}

function realmBinding(representation: RealmRepresentation, field: string): readonly RealmObject[] {
  const alias = representation[field];
  return typeof alias === 'string' && alias !== '' ? [{ id: objectId('flow-binding', 'realm', field), kind: 'flow-binding', owner: 'realm', name: field, value: alias }] : [];
}

/** A client names flows by id; what is compared is the alias, because an import can make every id new. */
function overrides(representation: RealmRepresentation, client: string, raw: ClientRepresentation): readonly RealmObject[] {
  return Object.entries(overridesIn(raw)).flatMap(([binding, id]) => (typeof id !== 'string' || id === '' ? [] : [{
    id: objectId('flow-binding', 'client', client, binding), kind: 'flow-binding' as const, owner: client, name: binding, parent: objectId('client', client),
    value: aliasOf(representation, id) ?? (representation.authenticationFlows?.some((flow) => flow.alias === id) === true ? id : unknown(`flow ${id} is not in this source`)),
  }]));
}

function overridesIn(raw: { readonly [field: string]: unknown }): JsonObject {
  const map = raw['authenticationFlowBindingOverrides'] as Json | undefined;
  return isRecord(map) ? map : {};
}

function lookAtRealm(field: string): Look {
  return {
    request: { method: 'GET', path: [] },
    pick: (body) => (isRecord(body) && typeof body[field] === 'string' && body[field] !== '' ? { value: body[field] } : null),
  };
}

function lookAtClient(client: string, binding: string): Look {
  const idIn = (body: Json): string | undefined => {
    const raw = recordsIn(body).find((item) => item['clientId'] === client);
    const id = raw === undefined ? undefined : overridesIn(raw)[binding];
    return typeof id === 'string' && id !== '' ? id : undefined;
  };
  return {
    request: { method: 'GET', path: ['clients'], query: { clientId: client } },
    follow: ([body = null]) => {
      const id = idIn(body);
      return id === undefined ? [] : [{ method: 'GET', path: ['authentication', 'flows', id] }];
    },
    pick: (body, [named = null]) => {
      const id = idIn(body);
      if (id === undefined) return null;
      return { value: isRecord(named) && typeof named['alias'] === 'string' ? named['alias'] : unknown(`flow ${id} is not in this source`) };
    },
  };
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : 'of another source';
}

