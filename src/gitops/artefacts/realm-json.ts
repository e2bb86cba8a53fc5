import { spliceJson } from '../splice/json.ts';
import { realmsIn } from './realm-value.ts';
import type { Recogniser } from './artefact.ts';

/** A file that is a realm, or a list of realms, in JSON: what `kc.sh export`, the console and keycloak-config-cli write and read. */
export const realmJson: Recogniser = {
  name: 'realm.json',
  recognise(file) {
    const value = file.json();
    const found = realmsIn(value);
    if (found.length === 0) return null;
    const bom = file.text.startsWith('\uFEFF') ? 1 : 0;
    const text = file.text.slice(bom);
    return {
      artefact: 'realm-json', settings: [], launches: [], refusal: null,
      realms: found.map(({ realm, path }) => ({
        realm: realm.realm, where: path.map((index) => `[${index}]`).join(''), value: realm, refusal: null,
        splice: (after, origins) => spliceJson(text, realm, after, origins, path).map((edit) => ({ ...edit, start: edit.start + bom, end: edit.end + bom })),
      })),
    };
  },
};
