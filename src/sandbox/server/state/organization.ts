import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../realm/json.ts';
import { errorMessage } from '../refusal.ts';
import { listMap, objects, text } from './json.ts';
import type { Fields, OrganizationRow, RealmRow } from './model.ts';

/** What the organization of a provider adds to what is shown of it: one of a disabled organization shows as disabled, whatever is stored. */
export function byOrganization(realm: RealmRow, provider: Fields): Fields {
  const row = realm.organizations.find(({ providers }) => providers.includes(text(provider['alias']) ?? ''));
  return row === undefined ? {} : { organizationId: row.id, ...(row.enabled ? {} : { enabled: false }) };
}

/** The id that was sent is ignored; what the body does not say is cleared, except attributes, and `enabled` becomes true. */
export function buildOrganization(realm: RealmRow, body: JsonObject, before?: OrganizationRow): OrganizationRow {
  const name = text(body['name']) ?? '';
  const others = realm.organizations.filter((row) => row !== before);
  if (name === '') throw errorMessage(400, 'Name can not be null');
  if (before === undefined && body['alias'] === undefined && name.includes(' ')) throw errorMessage(400, 'Name cannot be used as alias: Empty Space not allowed.');
  const alias = text(body['alias']) ?? name;
  if (others.some((row) => row.name === name)) throw errorMessage(409, 'A organization with the same name already exists.');
  if (before !== undefined && alias !== before.alias) throw errorMessage(400, 'Cannot change the alias');
  if (others.some((row) => row.alias === alias)) throw errorMessage(409, 'A organization with the same alias already exists');
  const domains = objects(body['domains']).map((domain) => ({ name: text(domain['name']) ?? '', verified: domain['verified'] === true }));
  for (const domain of domains) {
    const holder = others.find((row) => row.domains.some((taken) => taken.name === domain.name));
    if (holder !== undefined) throw errorMessage(400, `Domain ${domain.name} is already linked to organization ${holder.name} in realm ${realm.name}`);
  }
  return {
    id: before?.id ?? randomUUID(), name, alias, enabled: body['enabled'] !== false, description: text(body['description']), redirectUrl: text(body['redirectUrl']), domains,
    attributes: body['attributes'] === undefined ? before?.attributes ?? {} : listMap(body['attributes']), providers: before?.providers ?? [],
  };
}
