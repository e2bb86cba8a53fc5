import { realmsInScalar, scalarsOf } from './realm-value.ts';
import { textAt } from './kubernetes-object.ts';
import { isYamlPath } from './artefact.ts';
import type { Recogniser } from './artefact.ts';

/** YAML that is no Kubernetes object and has realm JSON in a string somewhere: a chart's values. */
export const helmValues: Recogniser = {
  name: 'Helm values',
  recognise(file) {
    if (!isYamlPath(file.path) || !file.text.includes('"realm') || file.json() !== undefined) return null;
    const realms = file.yaml().filter((document) => textAt(document, ['kind']) === undefined)
      .flatMap((document) => scalarsOf(document).flatMap(({ node, where }) => realmsInScalar(file.text, node, where, null)));
    return realms.length === 0 ? null : { artefact: 'helm-values', settings: [], launches: [], refusal: null, realms };
  },
};
