import { permitted } from './permitted.ts';

/** What the cluster does not have is null, and what these credentials may not read is `refused`; what is wrong with the cluster itself is thrown. */
export async function readable<T>(read: () => Promise<T | null>): Promise<T | null | 'refused'> {
  const found = await permitted(async () => ({ value: await read() }));
  return found === null ? 'refused' : found.value;
}
