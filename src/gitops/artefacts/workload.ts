import { isYamlPath } from './artefact.ts';
import { yamlSettings } from '../settings/yaml-settings.ts';
import { MENTIONS } from '../settings/mentions.ts';
import type { Recogniser } from './artefact.ts';

/** Settings in any YAML: chart values, workloads, custom resources, compose files. */
export const workload: Recogniser = {
  name: 'settings in YAML',
  recognise(file) {
    if (!isYamlPath(file.path) || file.path.endsWith('.json') || !MENTIONS.test(file.text)) return null;
    const settings = yamlSettings(file.text, file.yaml());
    return settings.length === 0 ? null : { artefact: /(?:^|[/])values[^/]*\.ya?ml$/i.test(file.path) ? 'helm-values' : 'other', realms: [], settings, refusal: null };
  },
};
