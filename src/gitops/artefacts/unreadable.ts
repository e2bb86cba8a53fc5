import { isYamlPath } from './artefact.ts';
import { MENTIONS_SETTING } from '../launches/mentions.ts';
import { coverTemplate, parseYaml, TEMPLATE } from '../launches/nested.ts';
import { lineOf } from '../splice/text.ts';
import { syntaxError } from './syntax.ts';
import type { Recogniser, SourceFile } from './artefact.ts';

/** YAML or JSON that cannot be read, and mentions a realm or a setting outside of comments: what it decides is not known. */
export const unreadable: Recogniser = {
  name: 'files that cannot be read',
  recognise(file) {
    if (!isYamlPath(file.path) || file.json() !== undefined) return null;
    const text = file.text.replace(/(?<=^|\s)#.*$/gm, '');
    const settings = MENTIONS_SETTING.test(text);
    if (!settings && !/(?:^|[\s"'{,\\])realm\\?["']?\s*:/.test(text)) return null;
    if (file.yaml().length > 0 || (TEMPLATE.test(file.text) && parseYaml(coverTemplate(file.text)).length > 0)) return null;
    return { artefact: 'other', realms: [], settings: [], launches: [], refusal: refusalOf(file), broken: true, unjudged: settings };
  },
};

function refusalOf({ path, text }: SourceFile): string {
  const kind = /\.json$/i.test(path) ? 'JSON' : 'YAML';
  const conflict = /^<{7} /m.exec(text);
  if (conflict) return `Line ${lineOf(text, conflict.index)} is the mark of a merge that was not finished: resolve it first.`;
  const error = syntaxError(text);
  return error === null ? `This is no ${kind} that means one thing only: make the change by hand.` : `This is no ${kind} that can be read (${error}): correct it first.`;
}
