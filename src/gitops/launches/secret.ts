import { isMap, isScalar } from 'yaml';
import type { YAMLMap } from 'yaml';
import { keyOf, rangeOf } from '../splice/yaml-nodes.ts';
import { pairsOf, valueAt } from './container.ts';
import { MENTIONS_SETTING } from './mentions.ts';
import { newSession, shellLaunches } from './shell.ts';
import type { Surroundings } from './container.ts';
import type { Launch, Layer } from './launch.ts';

/** What the base64 of a Secret says, as far as it is text: read, and never edited, because nobody could review such a line. */
export function secretLaunches(map: YAMLMap, around: Surroundings): readonly Launch[] {
  const data = valueAt(map, 'data', around.document);
  return isMap(data) ? pairsOf(data).flatMap((pair) => {
    const coded = isScalar(pair.value) && typeof pair.value.value === 'string' ? pair.value.value : '';
    const text = Buffer.from(coded, 'base64').toString('utf8');
    if (!MENTIONS_SETTING.test(text)) return [];
    const place = around.layer.place(rangeOf(pair.key)[0]);
    const layer: Layer = { text, lift: null, place: () => place };
    const sealed = `data["${keyOf(pair)}"] is base64: change what it was made from, or use stringData.`;
    const launches = /^[A-Z][A-Z0-9_]*$/.test(keyOf(pair))
      ? [{ words: [], environment: [{ name: keyOf(pair), text, offset: place, find: () => place, swap: () => null }], image: null, addVariable: null }]
      : shellLaunches(layer, newSession());
    return launches.map((launch) => ({ ...launch, sealed }));
  }) : [];
}
