import { RescueError } from '../realm/errors.ts';
import type { Json } from '../realm/json.ts';
import type { Api } from './api.ts';
import { isObject } from './text.ts';

/** What Keycloak shows in place of a secret. Sent back, it becomes the secret: ten asterisks (verified-keycloak.md 3). */
const MASK = '**********';
const KEY_PROVIDER = 'org.keycloak.keys.KeyProvider';

/** Requests that end sessions, rotate keys or write whole objects back: never sent, whoever asks (design.md, "What is never broken"). */
const NEVER: readonly { readonly path: RegExp; readonly method?: string; readonly because: string }[] = [
  { path: /^$/, method: 'DELETE', because: 'it would delete the realm' },
  { path: /^partialImport$/, because: 'it gives clients new ids and deletes their service accounts' },
  { path: /^(?:logout-all|push-revocation)$/, because: 'it ends all sessions' },
  { path: /^sessions\//, because: 'it ends a session' },
  { path: /^users\/[^/]+\/(?:logout|impersonation)$/, because: 'it touches sessions' },
  { path: /^clients\/[^/]+\/client-secret$/, because: 'it makes a new client secret' },
];

/** Fields that must never stand in a PUT of the realm: renaming it, and ending every session that began before a date. */
const OF_THE_REALM = ['id', 'realm', 'notBefore'];

/**
 * Stops what must never be sent, before anything is sent.
 * @throws RescueError `evidence-masked` for a masked secret, `write-failed` for a forbidden request
 */
export async function refuseDangerous(api: Api, method: string, path: readonly string[], body: Json | undefined): Promise<void> {
  const joined = path.join('/');
  const rule = NEVER.find((candidate) => candidate.path.test(joined) && (candidate.method === undefined || candidate.method === method));
  if (rule) throw refused(method, joined, rule.because);
  const field = method === 'PUT' && joined === '' && isObject(body) ? OF_THE_REALM.find((name) => name in body) : undefined;
  if (field !== undefined) throw refused(method, joined, `its ${field} is not to be changed`);
  if (body !== undefined && hasMask(body)) {
    throw new RescueError('evidence-masked', `The request ${method} ${joined} holds a masked secret; it would become the secret itself. Nothing was sent.`, ['Name evidence that has the real secret, or leave the object.']);
  }
  if (body !== undefined && mentionsKeys(body)) throw refused(method, joined, 'it would change signing keys and so end every session');
  if (path[0] === 'components' && path[1] !== undefined && mentionsKeys(await api.read(['components', path[1]]))) {
    throw refused(method, joined, 'it would change signing keys and so end every session');
  }
}

function hasMask(value: Json): boolean {
  if (typeof value === 'string') return value.includes(MASK);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasMask);
}

function mentionsKeys(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isObject(value) && (value['providerType'] === KEY_PROVIDER || KEY_PROVIDER in value)) return true;
  return Object.values(value).some(mentionsKeys);
}

function refused(method: string, path: string, because: string): RescueError {
  return new RescueError('write-failed', `This tool never sends ${method} ${path || 'the realm'}: ${because}.`, ['Leave the object, and change it in the admin console if it has to be.']);
}
