import { isScalar } from 'yaml';
import { openFile } from './artefact.ts';
import { realmsBelow } from './embedded.ts';
import { realmsIn } from './realm-value.ts';
import { wholeFile } from '../launches/launch.ts';
import { entriesAt, objectsIn } from './kubernetes-object.ts';
import type { Json } from '../../realm/json.ts';
import type { RealmSite, Recogniser } from './artefact.ts';
import type { ObjectInFile } from './kubernetes-object.ts';

/** A ConfigMap or Secret with realm JSON in one of its keys, in any scalar style. */
export const configMap: Recogniser = {
  name: 'ConfigMap or Secret',
  recognise(file) {
    const objects = objectsIn(file).filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret');
    const realms = objects.flatMap((object) => realmsOf(file.text, object));
    return realms.length === 0 ? null : { artefact: 'configmap', settings: [], launches: [], refusal: null, realms };
  },
};

function realmsOf(text: string, { document, kind, name }: ObjectInFile): readonly RealmSite[] {
  const refusal = document.getIn(['immutable']) === true
    ? `${kind} ${name} is immutable: the cluster refuses a change; give it a new name, and use that name where it is mounted.` : null;
  const plain = ['data', 'stringData'].flatMap((field) => (kind === 'Secret' && field === 'data' ? [] : entriesAt(document, [field]).flatMap(({ key, node }) =>
    realmsBelow(wholeFile(text), node, `${field}["${key}"]`, refusal))));
  const coded = ['data', 'binaryData'].flatMap((field) => (kind === 'Secret' || field === 'binaryData' ? entriesAt(document, [field]).flatMap(({ key, node }) =>
    (isScalar(node) && typeof node.value === 'string' ? codedRealms(node.value, `${field}["${key}"]`) : [])) : []));
  return [...plain, ...coded];
}

/** Base64 is read, but not edited in place: no one could review such a line. */
function codedRealms(value: string, where: string): readonly RealmSite[] {
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  if (!/realm["']?\s*:/.test(decoded)) return [];
  const found = openFile('', decoded);
  const values = found.json() === undefined ? found.yaml().map((document) => document.toJS({ maxAliasCount: -1 }) as Json) : [found.json()];
  return values.flatMap(realmsIn).map(({ realm }) => ({
    realm: realm.realm, where, value: realm, splice: () => [],
    refusal: `${where} is base64: decode it to a file, export that file with this tool, and encode it again (or use stringData).`,
  }));
}
