import { RescueError } from '../realm/errors.ts';
import { placeholdersIn } from '../realm/unknowns.ts';
import { openFile } from '../gitops/artefacts/artefact.ts';
import { recognise } from '../gitops/artefacts/index.ts';
import { syntaxError } from '../gitops/artefacts/syntax.ts';
import type { RealmRepresentation } from '../realm/representation.ts';
import { asRepresentation } from '../realm/representation-shape.ts';

/** A realm found in a text, and where in it. */
export interface FoundRealm {
  readonly representation: RealmRepresentation;
  /** `data["realm.json"]`; empty when the text is the realm. */
  readonly where: string;
}

/** No realm file is larger: 5,000 clients are 19 MB. */
export const MAX_CHARACTERS = 64 * 1024 * 1024;

/**
 * Finds the realm of a name in a text of any known shape: realm JSON, a list of realms, ConfigMap, Secret, Helm values,
 * KeycloakRealmImport, keycloak-config-cli. A realm name that is a placeholder fits any.
 * Throws RescueError `evidence-unreadable` (with line and column of the first error) and `evidence-other-realm`.
 */
export function realmInText(name: string, text: string, realm: string): FoundRealm {
  if (text.length > MAX_CHARACTERS) throw unreadable(`${name} is larger than 64 MiB.`, ['Use an export without users (kc.sh export --users skip).']);
  // No text in UTF-8 holds a zero byte; text in UTF-16 is full of them.
  if (text.includes('\0')) throw unreadable(`${name} is no text in UTF-8: it is a binary file, or text of another encoding.`, ['Name the realm file itself, unpacked; if it is text, save it as UTF-8.']);
  const found = recognise(openFile(name, text));
  const sites = found?.realms ?? [];
  const site = sites.find((candidate) => candidate.realm === realm) ?? sites.find((candidate) => placeholdersIn(candidate.realm).length > 0);
  if (site) return { representation: asRealm(site.value, site.where === '' ? name : `${name}, ${site.where},`), where: site.where };
  const others = [...new Set(sites.map((candidate) => candidate.realm))];
  if (others.length > 0) {
    throw new RescueError('evidence-other-realm', `${name} holds realm ${others.join(', ')}, not realm ${realm}.`, [`Name a file of realm ${realm}, or recover realm ${others[0] ?? ''} with --realm.`]);
  }
  if (found?.refusal && found.broken !== true) throw unreadable(`${name} cannot be read: ${found.refusal}`, ['Give a file in clear: a rendered template, a decrypted copy, or an export.']);
  throw whyNot(name, text);
}

/** A realm of the types that Keycloak has. Throws RescueError `evidence-unreadable`. */
export function asRealm(value: unknown, name: string): RealmRepresentation {
  const realm = asRepresentation(value);
  if (typeof realm !== 'string') return realm;
  throw unreadable(`${name} holds a realm that Keycloak would not take: ${realm}.`, ['Correct the file, or name an older revision of it with git:PATH@REVISION.']);
}

function whyNot(name: string, text: string): RescueError {
  if (text.replace('\uFEFF', '').trim() === '') return unreadable(`${name} is empty.`, ['Name a file that holds the realm.']);
  const broken = syntaxError(text);
  if (broken) return unreadable(`${name} is broken at ${broken}.`, ['Correct the file, or name an older revision of it with git:PATH@REVISION.']);
  return unreadable(`${name} holds no realm: nothing in it has the field "realm" beside clients, roles or settings.`, ['Name a realm export, or a ConfigMap, Secret or values file with realm JSON in it.']);
}

export function unreadable(title: string, next: readonly string[], cause?: unknown): RescueError {
  return new RescueError('evidence-unreadable', title, next, cause === undefined ? undefined : { cause });
}
