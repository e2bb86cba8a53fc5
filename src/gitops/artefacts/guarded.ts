import type { Recogniser } from './artefact.ts';

/** Files that only look editable: a change would break their signature, their seal, or what a template makes of them. */
export const guarded: Recogniser = {
  name: 'encrypted, sealed and template files',
  recognise(file) {
    const refusal = reason(file.path, file.text, () => file.json() !== undefined || file.yaml().length > 0);
    return refusal === null ? null : { artefact: 'other', realms: [], settings: [], launches: [], refusal };
  },
};

/** What generators write above their work; "do not edit here" alone is a person's wish about a file that has to stay equal to another. */
const GENERATED = /^\s*(?:#|\/\/|<!--|;).*(?:\bgenerated\b.*\bdo not edit\b|\bdo not edit\b.*\bgenerated\b|\bauto-?generated\b|@generated\b)/im;
/** What steers a template; in a realm's own texts nobody writes that. */
const DIRECTIVE = /\{\{-?\s*(?:\.[A-Z]|\$|if|range|with|end|include|tpl|template|define|getenv|env|ds|datasource)\b|\{\{-?\s*\.[A-Z]|\{%/;

function reason(path: string, text: string, parses: () => boolean): string | null {
  if (text.includes('ENC[AES256_GCM,') && /^\s*"?sops"?\s*:/m.test(text)) return 'This file is encrypted with SOPS: open it with "sops edit", make the change there, and let sops write it.';
  if (/^kind:\s*["']?SealedSecret/m.test(text)) return 'This is a SealedSecret: change the Secret that it was made from and seal it again with kubeseal.';
  if (/^sops_mac=/m.test(text)) return 'This file is encrypted with SOPS: open it with "sops edit", make the change there, and let sops write it.';
  if (text.includes('H4sI') && /^\s*(?:[\w."'-]+\s*:\s*["']?)?H4sI[A-Za-z0-9+/]/m.test(text)) return 'This file holds gzip: unpack it, make the change there, and pack it again.';
  if (GENERATED.test(text.split('\n', 10).join('\n'))) return 'This file is generated: change what generates it.';
  if (/\.(?:j2|tpl|tmpl|gotmpl|tftpl|erb)$/i.test(path) || (/\.(?:ya?ml|json)$/i.test(path) && text.includes('{{') && !parses()) || (/\.json$/i.test(path) && DIRECTIVE.test(text))) {
    return 'This is a template: what a chart makes of it is not in the file. Make the change by hand, and check it with "helm template".';
  }
  return null;
}
