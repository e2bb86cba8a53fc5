/** Lists whose order a person sees or a server follows. */

/**
 * A list with some of its items replaced, taken out or put in. What stays keeps its place; what comes back stands behind the item that
 * it follows in the evidence, so that a form looks as it did.
 *
 * @param wanted    by name: the item, or null where it goes
 * @param evidence  the names in the order of the evidence that has them
 */
export function putInOrder<Item>(live: readonly Item[], name: (item: Item) => string, wanted: ReadonlyMap<string, Item | null>, evidence: readonly string[]): readonly Item[] {
  const list = live.flatMap((item) => {
    const replaced = wanted.get(name(item));
    return replaced === null ? [] : [replaced ?? item];
  });
  const there = new Set(list.map(name));
  const missing = [...wanted].flatMap(([key, item]) => (item === null || there.has(key) ? [] : [{ key, item }]));
  for (const { key, item } of missing.toSorted((a, b) => evidence.indexOf(a.key) - evidence.indexOf(b.key))) {
    const before = evidence.slice(0, Math.max(0, evidence.indexOf(key))).findLast((other) => list.some((each) => name(each) === other));
    const at = evidence.includes(key) ? list.findIndex((each) => name(each) === before) + 1 : list.length;
    list.splice(at, 0, item);
  }
  return list;
}
