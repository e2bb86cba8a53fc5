/** The body of an answer as text: unpacked where the API server has packed it, and never larger than may be held. */
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';

/**
 * @param largest  bytes, once unpacked
 * @returns null where it is larger; the rest of it is not read
 */
export async function textOf({ headers, body }: Pick<Dispatcher.ResponseData, 'headers' | 'body'>, largest: number): Promise<string | null> {
  const decoder = new StringDecoder('utf8');
  let [text, size] = ['', 0];
  const collect = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > largest) throw new RangeError('larger than may be held');
      text += decoder.write(chunk);
    }
  };
  try {
    await (headers['content-encoding'] === 'gzip' ? pipeline(body, createGunzip(), collect) : pipeline(body, collect));
  } catch (error) {
    if (size > largest) return null;
    throw error;
  }
  return text + decoder.end();
}
