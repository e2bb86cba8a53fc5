import { valueAt } from '../file-place.ts';
import { escapePart, objectId, partOf, place } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Json, JsonObject } from '../json.ts';
import { omissionMeansEmpty } from '../normal/whole.ts';
import { restoreLocalization } from '../writes/localization-writes.ts';

/** One text of one language, as an administrator set it for the realm; texts of themes are not among them. */
export const localization: Kind = {
  name: 'localization',
  title: 'localization text',
  facts: { restored: 'one POST a language with all its chosen texts; null takes one away', idKept: false, undo: 'yes', lostForGood: 'nothing' },
  extract: (representation, completeness) => {
    const texts = representation['localizationTexts'] as Json | undefined;
    const locales = isRecord(texts) ? Object.entries(texts).filter((entry): entry is [string, JsonObject] => isRecord(entry[1])) : [];
    return {
      objects: locales.flatMap(([locale, map]) => Object.entries(map).flatMap(([key, value]) =>
        (typeof value !== 'string' || value === '' ? [] : [{ id: objectId('localization', locale, key), kind: 'localization' as const, owner: 'realm', name: `${locale}/${key}`, value }]))),
      listed: texts === undefined ? [] : omissionMeansEmpty(representation, completeness) ? ['localization@*'] : locales.map(([locale]) => place('localization', escapePart(locale))),
    };
  },
  references: () => [],
  effect: (change, { id }) => {
    const text = `the text ${partOf(id, 1)} in ${partOf(id, 0)}`;
    if (change === 'lost') return `${text} is the theme's own again, or the bare key where the theme has none`;
    return change === 'changed' ? `${text} is worded differently` : `${text} is set only in the live realm`;
  },
  claims: () => [],
  restore: restoreLocalization,
  look: (id) => ({
    request: { method: 'GET', path: ['localization', partOf(id, 0)] },
    pick: (body) => {
      const value = isRecord(body) && Object.hasOwn(body, partOf(id, 1)) ? body[partOf(id, 1)] : undefined;
      return typeof value === 'string' && value !== '' ? { value } : null;
    },
  }),
  inFile: (id) => [valueAt('localizationTexts', partOf(id, 0), partOf(id, 1))],
};
