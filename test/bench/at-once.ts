/** Does one thing for each item, at most `width` at a time; answers in the order of the items. The bench has its own, so that it does not measure the tool's by itself. */
export async function atOnce<Item, Result>(width: number, items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
