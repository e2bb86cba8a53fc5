import { MASK, unresolvedIn } from '../realm/unknowns.ts';
import type { Completeness } from '../realm/model.ts';
import type { RealmRepresentation } from '../realm/representation.ts';

/**
 * How much a realm file says, judged by what is in it; what a person should know comes as notes.
 * full: `kc.sh export` writes key material and users. partial: a partial export has version and ids, but neither; secrets are masked.
 * stated: everything else; only what it lists counts. (Shapes: verified-keycloak.md section 1, columns a, a2, b.) What is full by its keys and
 * users and lacks what every export has was cut or written by hand: read as full, what it leaves out would count as added by somebody, built-in roles too.
 */
export function judge(representation: RealmRepresentation): { readonly completeness: Completeness; readonly notes: readonly string[] } {
  const keys = hasKeyMaterial(representation);
  const users = (representation.users ?? []).some((user) => user.serviceAccountClientId === undefined);
  const exported = representation.keycloakVersion !== undefined && (representation.clients ?? []).some((client) => client.id !== undefined);
  const whole = exported && keys && users && hasBuiltIns(representation);
  const unresolved = unresolvedIn(representation);
  const masked = unresolved.filter((text) => text === MASK).length;
  const placeholders = unresolved.length - masked;
  const notes = [
    whole ? 'a full export: it has the keys of the realm and its users'
      : keys && users ? 'it has keys and users, and lacks what every full export has (keycloakVersion, ids, built-in clients): what it does not list is not read as deleted'
      : exported ? `a partial export${keys ? ' with keys, but' : ':'} ${users ? 'without keys' : 'without users'}${keys || users ? '' : ' and keys'}`
      : 'a file that states only what it lists: what it does not list is not read as deleted',
    ...(masked > 0 ? [`${masked} masked ${masked === 1 ? 'secret' : 'secrets'} (${MASK}): they cannot be restored from here and are never sent`] : []),
    ...(placeholders > 0 ? [`${placeholders} ${placeholders === 1 ? 'placeholder' : 'placeholders'} that only a deployment fills in: they are not compared`] : []),
  ];
  return { completeness: whole ? 'full' : exported && !(keys && users) ? 'partial' : 'stated', notes };
}

/** The client that carries the rights over the realm; in the master realm it has the name of the realm. */
const hasBuiltIns = ({ clients = [], realm }: RealmRepresentation): boolean => clients.some(({ clientId }) => clientId === 'realm-management' || clientId === `${realm ?? ''}-realm`);

/** A key provider's component with its key in it; a partial export has the component without, or masked. */
function hasKeyMaterial(representation: RealmRepresentation): boolean {
  const providers = representation.components?.['org.keycloak.keys.KeyProvider'];
  return Array.isArray(providers) && providers.some((provider: unknown) => {
    const config = (provider as { readonly config?: Readonly<Record<string, readonly string[]>> } | null)?.config ?? {};
    return ['privateKey', 'secret'].some((field) => config[field]?.some((value) => value !== '' && value !== MASK) ?? false);
  });
}
