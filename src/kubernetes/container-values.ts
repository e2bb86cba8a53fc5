/** What a container is given as variables and arguments, read where it really comes from. */
import type { JsonObject } from '../realm/json.ts';
import { at, isObject, listAt, nameOf, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import type { ClusterApi } from './api.ts';
import { permitted } from './permitted.ts';

/**
 * The value of the first of these variables that is set to something, in the order of the names.
 *
 * @param secrets  also from Secrets; else those are left alone
 * @returns undefined where none is set, or what sets it is not there or may not be read (a Secret that may not be read is thrown)
 * @throws RescueError `missing-role` for a Secret
 */
export async function variableOf(api: ClusterApi, workload: KubeObject, container: JsonObject, names: readonly string[], secrets = false): Promise<string | undefined> {
  for (const name of names) {
    const value = await oneVariable(api, workload.metadata.namespace ?? '', container, name, secrets);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** What stands in `env` wins over `envFrom`, and what comes later over what came before (Kubernetes API, Container). */
async function oneVariable(api: ClusterApi, namespace: string, container: JsonObject, name: string, secrets: boolean): Promise<string | undefined> {
  const entry = listAt(container, 'env').findLast((each) => textAt(each, 'name') === name);
  if (entry !== undefined) {
    const text = textAt(entry, 'value');
    if (text !== undefined) return text;
    const [map, secret] = ['configMapKeyRef', 'secretKeyRef'].map((key) => at(entry, 'valueFrom', key));
    if (isObject(map)) return (await configMap(api, namespace, textAt(map, 'name') ?? ''))?.(textAt(map, 'key') ?? '');
    return isObject(secret) && secrets ? (await secretTexts(api, namespace, textAt(secret, 'name') ?? ''))?.(textAt(secret, 'key') ?? '') : undefined;
  }
  for (const source of listAt(container, 'envFrom').toReversed()) {
    const key = name.slice((textAt(source, 'prefix') ?? '').length);
    if (!name.endsWith(key) || !name.startsWith(textAt(source, 'prefix') ?? '')) continue;
    const [map, secret] = [textAt(source, 'configMapRef', 'name'), textAt(source, 'secretRef', 'name')];
    const found = map !== undefined ? (await configMap(api, namespace, map))?.(key) : secret !== undefined && secrets ? (await secretTexts(api, namespace, secret))?.(key) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

type Texts = (key: string) => string | undefined;

async function configMap(api: ClusterApi, namespace: string, name: string): Promise<Texts | null> {
  const object = await permitted(() => api.get(nameOf('configmap', namespace, name)));
  return object && ((key) => textAt(object, 'data', key));
}

/** The texts of a Secret; null where there is none. */
export async function secretTexts(api: ClusterApi, namespace: string, name: string): Promise<Texts | null> {
  if (name === '') return null;
  const object = await api.get(nameOf('secret', namespace, name));
  return object && ((key) => {
    const coded = textAt(object, 'data', key);
    return coded === undefined ? undefined : Buffer.from(coded, 'base64').toString('utf8');
  });
}

/** `--hostname=x`, `--hostname x`, also within one text (`KEYCLOAK_EXTRA_ARGS`, `sh -c`). */
export function argumentOf(container: JsonObject, option: string): string | undefined {
  const words = ['command', 'args'].flatMap((key) => listAt(container, key)).flatMap((word) => (typeof word === 'string' ? [word] : []));
  return new RegExp(`(?:^|\\s)--${option}[= ]\\s*["']?([^\\s"']+)`).exec(words.join(' '))?.[1];
}
