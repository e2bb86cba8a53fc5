import type { Recogniser } from './artefact.ts';

/** Files that only look editable: a change would break their signature, their seal, or what a template makes of them. */
export const guarded: Recogniser = {
  name: 'encrypted, sealed and template files',
  recognise(file) {
    const refusal = reason(file.path, file.text, () => file.json() !== undefined || file.yaml().length > 0);
    return refusal === null ? null : { artefact: 'other', realms: [], settings: [], refusal };
  },
};

function reason(path: string, text: string, parses: () => boolean): string | null {
  if (/ENC\[AES256_GCM,/.test(text) && /^\s*"?sops"?\s*:/m.test(text)) return 'This file is encrypted with SOPS: open it with "sops edit", make the change there, and let sops write it.';
  if (/^kind:\s*["']?SealedSecret/m.test(text)) return 'This is a SealedSecret: change the Secret that it was made from and seal it again with kubeseal.';
  if (/\.(?:ya?ml|json|tpl)$/i.test(path) && text.includes('{{') && !parses()) {
    return 'This is a template: what a chart makes of it is not in the file. Make the change by hand, and check it with "helm template".';
  }
  return null;
}
