/** Lists, page by page: of each page only what is kept outlives it, because a list of the whole cluster may have hundreds of megabytes. */
import type { Json, JsonObject } from '../realm/json.ts';
import { at, isObject, listAt, textAt, type KubeObject, type Resource } from '../gitops/controllers/object.ts';

export interface Listed {
  readonly items: readonly KubeObject[];
  /** Of the list: the moment that it shows. */
  readonly resourceVersion: string;
}

export interface ListOptions {
  /** null: all namespaces. */
  readonly namespace: string | null;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** The list exactly as it was at this resourceVersion; gives null when the server has forgotten it. */
  readonly exactly?: string;
  /** Called with each object as it comes; false: it is not kept. */
  readonly keep?: (object: KubeObject) => boolean;
  /** Called after each page but the last. @param left  null: the server does not say */
  readonly onPage?: (seen: number, left: number | null) => void;
}

const PAGE = 500;
/** Of a list that little is kept of, what it takes is what one page takes: five megabytes where an application has fifty kilobytes. */
const SMALL_PAGE = 100;

export interface Asking {
  /** The version that is served. */
  readonly version: string;
  /** One page; null where there is none: the server does not know the kind, or no longer remembers the moment. */
  ask(query: Readonly<Record<string, string>>): Promise<Json>;
}

/** Each with its kind and version: items of a list carry neither for built-in types, and a tracking id names the group. */
export async function readPages({ group, kind }: Resource, { fieldSelector, labelSelector, exactly, keep, onPage }: ListOptions, { version, ask }: Asking): Promise<Listed | null> {
  const selected = { ...(fieldSelector === undefined ? {} : { fieldSelector }), ...(labelSelector === undefined ? {} : { labelSelector }), limit: String(keep === undefined ? PAGE : SMALL_PAGE) };
  const apiVersion = `${group === '' ? '' : `${group}/`}${version}`;
  const items: KubeObject[] = [];
  let [seen, token] = [0, ''];
  for (;;) {
    // A list at a moment of the past takes no pages from it on: the moment is part of the page's token.
    const page = await ask({ ...selected, ...(exactly === undefined || token !== '' ? {} : { resourceVersion: exactly, resourceVersionMatch: 'Exact' }), ...(token === '' ? {} : { continue: token }) });
    if (page === null) return null;
    const listed = listAt(page, 'items');
    for (const item of listed) {
      if (!isKubeObject(item)) continue;
      const object = { kind, apiVersion, ...item };
      if (keep === undefined || keep(object)) items.push(object);
    }
    seen += listed.length;
    token = textAt(page, 'metadata', 'continue') ?? '';
    if (token === '') return { items, resourceVersion: textAt(page, 'metadata', 'resourceVersion') ?? '' };
    const left = at(page, 'metadata', 'remainingItemCount');
    onPage?.(seen, typeof left === 'number' ? left : null);
  }
}

export function isKubeObject(value: Json): value is KubeObject {
  return isObject(value) && isObject(value['metadata']) && typeof (value['metadata'] as JsonObject)['name'] === 'string';
}
