/** The body of an answer, as it comes: unpacked where the API server has packed it, and never more of it at once than may be held. */
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Json, JsonObject } from '../realm/json.ts';
import { isObject } from '../gitops/controllers/object.ts';

type Response = Pick<Dispatcher.ResponseData, 'headers' | 'body'>;

/** More than may be held at once. */
export class TooLarge extends Error {}

/**
 * @param largest  bytes, once unpacked
 * @throws TooLarge
 */
export async function textOf(response: Response, largest: number): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let [text, size] = ['', 0];
  await read(response, (chunk) => {
    size += chunk.length;
    if (size > largest) throw new TooLarge();
    text += decoder.write(chunk);
  });
  return text + decoder.end();
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPENS, CLOSES] = [[0x7b, 0x5b], [0x7d, 0x5d]];
/** Inside of the whole, and of its items. */
const [INSIDE_LIST, INSIDE_ITEM] = [2, 3];

/**
 * A list, with those of its items that are taken. Each is read by itself, as soon as it is there: the whole may be hundreds of megabytes.
 *
 * @param largest  bytes of one item, and of all that is no item
 * @returns null where it is no list, or no JSON
 * @throws TooLarge
 */
export async function listOf(response: Response, take: (item: Json) => boolean, largest: number): Promise<JsonObject | null> {
  const [around, item] = [openBytes(largest), openBytes(largest)];
  const items: Json[] = [];
  let [depth, quoted, escaped, inItems, sound] = [0, false, false, false, true];
  const end = (): void => {
    const read = parse(item.take());
    if (read === null) sound = false;
    else if (take(read)) items.push(read);
  };
  await read(response, (chunk) => {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (quoted) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) quoted = false;
      } else if (byte === QUOTE) quoted = true;
      else if (byte === OPENS[0] || byte === OPENS[1]) {
        depth += 1;
        // A list has one array of its own.
        if (depth === INSIDE_LIST) inItems = byte === OPENS[1];
        if (depth !== INSIDE_ITEM || !inItems) continue;
        around.add(chunk.subarray(start, at));
        start = at;
      } else if (byte === CLOSES[0] || byte === CLOSES[1]) {
        depth -= 1;
        if (depth !== INSIDE_LIST || !inItems) continue;
        item.add(chunk.subarray(start, at + 1));
        start = at + 1;
        end();
      } else if (byte === COMMA && depth === INSIDE_LIST && inItems) {
        around.add(chunk.subarray(start, at));
        start = at + 1;
      }
    }
    (depth >= INSIDE_ITEM && inItems ? item : around).add(chunk.subarray(start));
  });
  const list = parse(around.take());
  return sound && isObject(list) ? { ...list, items } : null;
}

async function read({ headers, body }: Response, each: (chunk: Buffer) => void): Promise<void> {
  const sink = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) each(chunk);
  };
  await (headers['content-encoding'] === 'gzip' ? pipeline(body, createGunzip(), sink) : pipeline(body, sink));
}

function openBytes(largest: number): { add(bytes: Buffer): void; take(): string } {
  let parts: Buffer[] = [];
  let size = 0;
  return {
    add: (bytes) => {
      size += bytes.length;
      if (size > largest) throw new TooLarge();
      if (bytes.length > 0) parts.push(bytes);
    },
    take: () => {
      const text = Buffer.concat(parts, size).toString('utf8');
      [parts, size] = [[], 0];
      return text;
    },
  };
}

/** null for what is no JSON. */
export function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
