import { isYamlPath } from './artefact.ts';
import { wholeFile } from '../launches/launch.ts';
import { MENTIONS, MENTIONS_SETTING } from '../launches/mentions.ts';
import { conditionsIn, coverTemplate, parseYaml, TEMPLATE } from '../launches/nested.ts';
import { yamlLaunches } from '../launches/yaml.ts';
import type { Recogniser, SourceFile } from './artefact.ts';
import type { Launch } from '../launches/launch.ts';

/** Settings in any YAML: chart values, workloads, custom resources, compose files. Of a template what stands there whatever it is given. */
export const workload: Recogniser = {
  name: 'settings in YAML',
  recognise(file) {
    if (!isYamlPath(file.path) || !(MENTIONS.test(file.text) || /\bkind["']?\s*:\s*["']?Secret\b/.test(file.text))) return null;
    if (/\.json$/i.test(file.path) && !MENTIONS_SETTING.test(file.text) && !/"Secret"/.test(file.text)) return null;
    const launches = launchesOf(file);
    const artefact = /(?:^|[/])values[^/]*\.ya?ml$/i.test(file.path) ? 'helm-values' : 'other';
    return launches.length === 0 ? null : { artefact, realms: [], settings: [], launches, refusal: launches.find(({ sealed }) => sealed !== undefined)?.sealed ?? null };
  },
};

function launchesOf(file: SourceFile): readonly Launch[] {
  const parsed = file.yaml();
  const conditions = conditionsIn(file.text);
  if (parsed.length > 0 || !TEMPLATE.test(file.text)) return yamlLaunches(wholeFile(file.text), parsed).map((launch) => ({ ...launch, conditions }));
  const covered = coverTemplate(file.text);
  return yamlLaunches({ ...wholeFile(covered), lift: null }, parseYaml(covered)).map((launch) => ({ ...launch, conditions }));
}
