/** What the master realm knows of the others: a client `NAME-realm` with the rights on each, all of them part of the role `admin`. */
import { buildClient, buildRole } from './build.ts';
import { clientNamed } from './find.ts';
import type { RealmRow } from './model.ts';

const nameFor = (realm: RealmRow): string => `${realm.name}-realm`;

/** Makes the client that carries master's rights on a realm; its roles are those of `realm-management` but for `realm-admin`. */
export function addToMaster(master: RealmRow, realm: RealmRow, now: number): void {
  const management = clientNamed(realm, 'realm-management');
  if (management === undefined) return;
  const body = { clientId: nameFor(realm), name: `${realm.name} Realm`, bearerOnly: true, fullScopeAllowed: false, nodeReRegistrationTimeout: 0, defaultClientScopes: [], optionalClientScopes: [] };
  const client = { ...buildClient(master, body, now), secret: null, attributes: { realm_client: 'true' } };
  delete client.fields['protocol'];
  master.clients.push(client);
  const models = realm.roles.filter((role) => role.client === management.id && role.name !== 'realm-admin');
  const made = new Map(models.map((role) => [role.id, buildRole(client.id, { name: role.name, description: role.description })]));
  for (const model of models) {
    const role = made.get(model.id);
    if (role !== undefined) role.composites = model.composites.flatMap((id) => made.get(id)?.id ?? []);
  }
  master.roles.push(...made.values());
  const admin = master.roles.find((role) => role.client === null && role.name === 'admin');
  admin?.composites.push(...[...made.values()].map((role) => role.id));
}

/** The client of master that stands for a realm, where there is one. */
export const masterClientOf = (master: RealmRow, realm: RealmRow): RealmRow['clients'][number] | undefined => clientNamed(master, nameFor(realm));
