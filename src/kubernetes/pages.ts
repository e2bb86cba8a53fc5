/** Lists, page by page: of each page only what is kept outlives it, because a list of the whole cluster may have hundreds of megabytes. */
import type { Json, JsonObject } from '../realm/json.ts';
import { isObject, listAt, textAt, type KubeObject, type Resource } from '../gitops/controllers/object.ts';

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
  /** No more of each object than its metadata, which is a small part of an application. */
  readonly metadataOnly?: boolean;
  /** Called with each object as it comes, again where it has to be read again; false: it is not kept. */
  readonly keep?: (object: KubeObject) => boolean;
}

const PAGE = 500;

export interface Asking {
  /** The version that is served. */
  readonly version: string;
  /** All of it at once. */
  readonly unpaged: boolean;
  /**
   * One page; null where there is none: the server does not know the kind, or no longer remembers the moment.
   * @param take  null: everything that is an item
   */
  ask(query: Readonly<Record<string, string>>, take: ((item: Json) => boolean) | null): Promise<Json>;
}

/** Each with its kind and version: items of a list carry neither for built-in types, and a tracking id names the group. */
export async function readPages({ group, kind }: Resource, { fieldSelector, labelSelector, exactly, metadataOnly = false, keep }: ListOptions, { version, unpaged, ask }: Asking): Promise<Listed | null> {
  const selected = { ...(fieldSelector === undefined ? {} : { fieldSelector }), ...(labelSelector === undefined ? {} : { labelSelector }), ...(unpaged ? {} : { limit: String(PAGE) }) };
  const apiVersion = `${group === '' ? '' : `${group}/`}${version}`;
  // Of their metadata alone they say another kind.
  const typed = (item: KubeObject): KubeObject => (metadataOnly ? { ...item, kind, apiVersion } : { kind, apiVersion, ...item });
  const take = keep === undefined ? null : (item: Json): boolean => isKubeObject(item) && keep(typed(item));
  const items: KubeObject[] = [];
  for (let token = ''; ;) {
    // A list at a moment of the past takes no pages from it on: the moment is part of the page's token.
    const page = await ask({ ...selected, ...(exactly === undefined || token !== '' ? {} : { resourceVersion: exactly, resourceVersionMatch: 'Exact' }), ...(token === '' ? {} : { continue: token }) }, take);
    if (page === null) return null;
    items.push(...listAt(page, 'items').filter(isKubeObject).map(typed));
    token = textAt(page, 'metadata', 'continue') ?? '';
    if (token === '') return { items, resourceVersion: textAt(page, 'metadata', 'resourceVersion') ?? '' };
  }
}

export function isKubeObject(value: Json): value is KubeObject {
  return isObject(value) && isObject(value['metadata']) && typeof (value['metadata'] as JsonObject)['name'] === 'string';
}
