import { RescueError } from '../realm/errors.ts';
import type { RealmRepresentation } from '../realm/representation.ts';
import { asRepresentation } from '../realm/representation-shape.ts';

/** What a server showed of a realm, when it is of the types that a Keycloak answers with. Throws RescueError `not-keycloak`. */
export function wellTyped(read: RealmRepresentation): RealmRepresentation {
  const realm = asRepresentation(read);
  if (typeof realm !== 'string') return realm;
  throw new RescueError('not-keycloak', `The realm that the server shows is none that a Keycloak has: ${realm}.`, ['Check the address, and what stands between here and the server.']);
}
