/** The administrator that the cluster knows. A password goes nowhere but into the result. */
import { RescueError } from '../realm/errors.ts';
import type { JsonObject } from '../realm/json.ts';
import { isObject, listAt, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { podSpecOf } from '../gitops/live/pods.ts';
import type { ClusterApi } from './api.ts';
import { secretTexts, variableOf } from './container-values.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

const OTHERWISE = 'Or give --username (KEYCLOAK_USER) and KEYCLOAK_PASSWORD: then no Secret is read.';

/**
 * The Secret that the resource names (`spec.admin.existingSecret`; `spec.bootstrapAdmin.user.secret` of the operator of Keycloak), else those that
 * operators make: `NAME-admin-credentials`, `NAME-initial-admin` (KeycloakAdminSecretDependentResource). Keys `username` and `password`.
 *
 * @throws RescueError `missing-role`
 */
export async function loginOfResource(api: ClusterApi, object: KubeObject, notes: string[]): Promise<Login | null> {
  const { name, namespace = '' } = object.metadata;
  const named = textAt(object, 'spec', 'admin', 'existingSecret') ?? textAt(object, 'spec', 'bootstrapAdmin', 'user', 'secret');
  const usual = [textAt(object, 'status', 'adminSecret'), `${name}-admin-credentials`, `${name}-initial-admin`].flatMap((secret) => secret ?? []);
  let refused: RescueError | null = null;
  for (const secret of named === undefined ? usual : [named]) {
    try {
      const texts = await secretTexts(api, namespace, secret);
      const username = texts?.('username') ?? textAt(object, 'status', 'adminUsername');
      const password = texts?.('password');
      if (username && password) {
        if (secret.endsWith('-initial-admin')) notes.push(`Secret ${namespace}/${secret} holds the first administrator as the operator made it; where that one was deleted or has another password, give --username`);
        return { username, password };
      }
    } catch (error) {
      refused ??= refusedSecret(error);
    }
  }
  if (refused) throw refused;
  notes.push(named === undefined ? `No Secret with its administrator is found (${usual.map((secret) => `${namespace}/${secret}`).join(', ')})` : `Secret ${namespace}/${named}, which it names for its administrator, is not there or lacks username and password`);
  return null;
}

const USERS = ['KC_BOOTSTRAP_ADMIN_USERNAME', 'KEYCLOAK_ADMIN', 'KEYCLOAK_ADMIN_USER', 'KEYCLOAK_USER'];
const PASSWORDS = ['KC_BOOTSTRAP_ADMIN_PASSWORD', 'KEYCLOAK_ADMIN_PASSWORD', 'KEYCLOAK_PASSWORD'];

/**
 * What the server is started with to make its first administrator, from variables or, as bitnami's chart has it, from a file of a mounted Secret.
 *
 * @throws RescueError `missing-role`
 */
export async function loginOfWorkload(api: ClusterApi, object: KubeObject, server: JsonObject, notes: string[]): Promise<Login | null> {
  try {
    const username = await variableOf(api, object, server, USERS, true);
    const password = await variableOf(api, object, server, PASSWORDS, true) ?? await passwordFile(api, object, server);
    if (username && password) return { username, password };
  } catch (error) {
    throw refusedSecret(error);
  }
  notes.push('It is started without a first administrator that could be read');
  return null;
}

/** `…_FILE=/opt/bitnami/keycloak/secrets/admin-password`, below a mount of a Secret. */
async function passwordFile(api: ClusterApi, object: KubeObject, server: JsonObject): Promise<string | undefined> {
  const path = await variableOf(api, object, server, PASSWORDS.map((name) => `${name}_FILE`));
  const mount = path === undefined ? undefined : listAt(server, 'volumeMounts').find((each) => path.startsWith(`${(textAt(each, 'mountPath') ?? '').replace(/\/$/, '')}/`));
  if (path === undefined || mount === undefined) return undefined;
  const below = path.slice((textAt(mount, 'mountPath') ?? '').replace(/\/$/, '').length + 1);
  const file = textAt(mount, 'subPath') ?? below;
  const volume = listAt(podSpecOf(object) ?? undefined, 'volumes').find((each) => textAt(each, 'name') === textAt(mount, 'name'));
  const sources = [isObject(volume) ? volume['secret'] : undefined, ...listAt(volume, 'projected', 'sources').map((source) => (isObject(source) ? source['secret'] : undefined))];
  for (const source of sources) {
    const key = textAt(listAt(source, 'items').find((item) => textAt(item, 'path') === file), 'key') ?? (listAt(source, 'items').length === 0 ? file : undefined);
    const found = key === undefined ? undefined : (await secretTexts(api, object.metadata.namespace ?? '', textAt(source, 'secretName') ?? textAt(source, 'name') ?? ''))?.(key);
    // A file made by a person ends with a line break, which the image's own reading of it drops.
    if (found !== undefined) return found.replace(/\r?\n$/, '');
  }
  return undefined;
}

/** The rule to add stands in the refusal itself; here comes the way around it. */
function refusedSecret(error: unknown): RescueError {
  if (!(error instanceof RescueError) || error.code === 'interrupted') throw error;
  return error.code === 'missing-role' ? new RescueError('missing-role', error.message, [...error.next, OTHERWISE], { cause: error }) : error;
}
