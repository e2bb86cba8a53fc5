/** Bodies for the endpoints of single authorization objects, made from the normal form. */
import type { Json, JsonObject } from '../json.ts';
import { objectId } from '../keys.ts';
import { isRecord } from '../looks.ts';
import type { ObjectId, Template } from '../model.ts';
import { valueBody } from './body.ts';
import { namesIn } from '../normal/authorization-names.ts';

/** What a group's path, or a role's name as a policy has it, stands for. */
export interface Names {
  role(name: string): ObjectId;
  /** An id, or a reference to a group that is restored too. */
  group(path: string): Template;
}

type Body = { readonly [field: string]: Template };

export function scopeBody(name: string, value: Json): Body {
  return { name, ...fieldsOf(value) };
}

/**
 * PUT replaces all but the attributes, which it keeps where they are left out (tried on 26.7.4); so all of it is sent.
 * @param live  what is there: secrets among the attributes that are the same come from there
 */
export function resourceBody(id: ObjectId, name: string, value: Json, live: Json): Body {
  const fields = fieldsOf(value);
  return {
    name, ownerManagedAccess: false, ...fields, attributes: valueBody(id, 'attributes', fields['attributes'] ?? {}, fieldsOf(live)['attributes']),
    uris: namesIn(value, 'uris'), scopes: namesIn(value, 'scopes').map((scope) => ({ name: scope })),
  };
}

/** What a configuration key is called in the representation of its own type. */
const RENAMED: Readonly<Record<string, string>> = { nbf: 'notBefore', noa: 'notOnOrAfter', defaultResourceType: 'resourceType' };
const FLAGS = new Set(['fetchRoles', 'targetContextAttributes']);
/** PUT keeps these where they are left out (tried on 26.7.4): off and empty have to be said. */
const KEPT: Readonly<Record<string, Body>> = { role: { fetchRoles: false }, regex: { targetContextAttributes: false }, group: { groupsClaim: '' } };

/** Only what the policy has before: releases that do not know a field fail over it with 500 (fetchRoles on 22.0.5 and 24.0.5). */
function keptFrom(type: string, before: Json): Body {
  const config = fieldsOf(fieldsOf(before)['config'] ?? null);
  return Object.fromEntries(Object.entries(KEPT[type] ?? {}).filter(([key]) => config[key] !== undefined));
}

/**
 * A policy or permission of a known type, with everything that it names by id: the server drops a role that it cannot find, without a word.
 * @param before  what it is until then; null where it is not there
 */
export function policyBody(name: string, value: Json, before: Json, names: Names): Body {
  const fields = fieldsOf(value);
  const type = typeof fields['type'] === 'string' ? fields['type'] : '';
  const { roles, users, clients, groups, clientScopes, resources, scopes, applyPolicies, config, ...plain } = fields;
  const map = <T>(list: Json | undefined, make: (element: string, flag: Json) => T): readonly T[] => (isRecord(list) ? Object.entries(list).map(([element, flag]) => make(element, flag)) : []);
  return {
    name, logic: 'POSITIVE', decisionStrategy: 'UNANIMOUS', ...keptFrom(type, before), ...plain, ...scalars(config),
    ...(roles === undefined ? {} : { roles: map(roles, (role, required) => ({ id: { $id: names.role(role) }, required })) }),
    ...(users === undefined ? {} : { users: map(users, (user) => user) }),
    ...(clients === undefined ? {} : { clients: map(clients, (client) => ({ $id: objectId('client', client) })) }),
    ...(groups === undefined ? {} : { groups: map(groups, (path, extendChildren) => ({ id: names.group(path), extendChildren })) }),
    ...(clientScopes === undefined ? {} : { clientScopes: map(clientScopes, (scope, required) => ({ id: { $id: objectId('client-scope', scope) }, required })) }),
    ...(resources === undefined ? {} : { resources: map(resources, (resource) => resource) }),
    ...(scopes === undefined ? {} : { scopes: map(scopes, (scope) => scope) }),
    ...(applyPolicies === undefined ? {} : { policies: map(applyPolicies, (policy) => policy) }),
  };
}

function scalars(config: Json | undefined): Body {
  if (!isRecord(config)) return {};
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [RENAMED[key] ?? key, FLAGS.has(key) ? value === 'true' : value]));
}

function fieldsOf(value: Json): JsonObject {
  return isRecord(value) ? value : {};
}
