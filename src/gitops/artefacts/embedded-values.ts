import { realmsBelow } from './embedded.ts';
import { textAt } from './kubernetes-object.ts';
import { isYamlPath } from './artefact.ts';
import { isRealm } from './realm-value.ts';
import { wholeFile } from '../launches/launch.ts';
import type { Json } from '../../realm/json.ts';
import type { Recogniser } from './artefact.ts';

/** Kinds whose realms other recognisers find. */
const OTHERS = new Set(['ConfigMap', 'Secret', 'KeycloakRealmImport', 'CustomResourceDefinition']);

/** Any YAML that has a realm in a string somewhere: a chart's values, Applications and HelmReleases with values of their own, patches. */
export const embedded: Recogniser = {
  name: 'a realm in a value',
  recognise(file) {
    if (!isYamlPath(file.path) || !/realm\\*["']?\s*:/.test(file.text) || file.json() !== undefined) return null;
    const documents = file.yaml().filter((document) => !OTHERS.has(textAt(document, ['kind']) ?? '') && !isRealm(document.toJS({ maxAliasCount: -1 }) as Json));
    const realms = documents.flatMap((document) => realmsBelow(wholeFile(file.text), document.contents, '', null));
    const values = documents.every((document) => textAt(document, ['kind']) === undefined);
    return realms.length === 0 ? null : { artefact: values ? 'helm-values' : 'other', settings: [], launches: [], refusal: null, realms };
  },
};
