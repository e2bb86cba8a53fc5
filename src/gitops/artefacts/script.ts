import { dockerfileLaunches } from '../launches/dockerfile.ts';
import { wholeFile } from '../launches/launch.ts';
import { batchLaunches, jenkinsLaunches, justLaunches, makeLaunches, unitLaunches } from '../launches/make.ts';
import { MENTIONS } from '../launches/mentions.ts';
import { conditionsIn, coverTemplate } from '../launches/nested.ts';
import { shellLaunches, textsFed } from '../launches/shell.ts';
import { propertyVariables } from '../launches/variables.ts';
import { keycloakResources, templateLaunches, terraformLaunches } from '../launches/terraform.ts';
import { insideText } from '../launches/yaml.ts';
import type { Launch, Layer } from '../launches/launch.ts';
import type { Recogniser, SettingSite, SourceFile } from './artefact.ts';

/** Start scripts, Dockerfiles, make files, .env and .properties files, Terraform, templates of any of them. */
export const script: Recogniser = {
  name: 'settings in scripts',
  recognise(file) {
    if (!MENTIONS.test(file.text) || !isKnown(file)) return null;
    if (file.text.length > LONGEST) return { artefact: 'other', realms: [], settings: [], launches: [], refusal: `This file has more than ${LONGEST.toLocaleString('en')} characters and was not judged; a script of that size holds data, which belongs into a file of its own.`, unjudged: true };
    const launches = launchesOf(file);
    const settings = /\.tf$/i.test(file.path) ? resourceSites(file.text) : [];
    return launches.length + settings.length === 0 ? null : { artefact: 'other', realms: [], settings, launches, refusal: null };
  },
};

/** Scripts are short; what is longer would be read for a very long time. */
const LONGEST = 500_000;

/** What is left of a template's name without the mark that it is one. */
const MARK = /\.(?:j2|tpl|tmpl|gotmpl|tftpl|erb|template)$/i;

const nameOf = ({ path }: SourceFile) => path.slice(path.lastIndexOf('/') + 1);
const isKnown = (file: SourceFile) => MARK.test(nameOf(file)) || readerOf(nameOf(file), file.text) !== null;

function launchesOf(file: SourceFile): readonly Launch[] {
  const { text } = file;
  const name = nameOf(file);
  const marked = MARK.test(name);
  const layer: Layer = marked ? { ...wholeFile(coverTemplate(text)), lift: null } : wholeFile(text);
  const read = readerOf(name.replace(MARK, ''), text);
  const conditions = conditionsIn(text);
  return (read ? read(layer) : marked ? templateLaunches(layer) : []).map((launch) => ({ ...launch, conditions }));
}

function readerOf(name: string, text: string): ((layer: Layer) => readonly Launch[]) | null {
  if (/^(?:Dockerfile|Containerfile)|\.(?:dockerfile|containerfile)$/i.test(name)) return dockerfileLaunches;
  if (/\.properties$|(?:^|\.)env(?:\.(?!ya?ml|json)|$)/i.test(name)) return (layer) => [{ words: [], environment: propertyVariables(layer), image: null, addVariable: null }];
  if (/\.tf(?:vars)?$/i.test(name)) return terraformLaunches;
  if (/\.service$/i.test(name)) return unitLaunches;
  if (/\.(?:bat|cmd)$/i.test(name)) return batchLaunches;
  if (/^\.?justfile$|\.just$/i.test(name)) return justLaunches;
  if (/\.mk$|^(?:GNU)?makefile$/i.test(name)) return makeLaunches;
  if (name.startsWith('Jenkinsfile')) return jenkinsLaunches;
  if (/\.(?:sh|bash|zsh|ksh|ps1)$|entrypoint/i.test(name) || /^#!.*\b(?:ba|da|z|k|a)?sh\b/.test(text)) return (layer) => [...shellLaunches(layer), ...textsFed(layer).flatMap(insideText)];
  return null;
}

function resourceSites(text: string): readonly SettingSite[] {
  return keycloakResources(text).map(({ type, offset, ignoresAll }) => ({ setting: 'keycloak_*', name: type, offset, value: ignoresAll ? 'ignore_changes = all' : null, fix: null, version: null, beside: new Set<never>() }));
}
