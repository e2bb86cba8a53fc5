import type { Json, JsonObject } from '../../src/realm/json.ts';
import type { ClusterApi } from '../../src/kubernetes/api.ts';
import { refusal } from '../../src/kubernetes/failures.ts';
import type { KubeObject, Resource } from '../../src/gitops/controllers/object.ts';

export interface FakeOptions {
  /** Answers 403 as the real server words it. */
  readonly forbidden?: (verb: 'get' | 'list', plural: string, namespace: string | null, name?: string) => boolean;
  /** The status of a review. */
  readonly review?: (kind: string, body: JsonObject) => Json | Promise<Json>;
  readonly context?: string;
  readonly namespace?: string;
}

export interface FakeApi extends ClusterApi {
  /** `get secrets iam/admin`, in order. */
  readonly calls: readonly string[];
}

/** A cluster of these objects, for what only reads. What the real server does is tested in *.real.test.ts. */
export function fakeApi(objects: readonly KubeObject[], { forbidden = () => false, review = () => null, context = 'prod', namespace = 'default' }: FakeOptions = {}): FakeApi {
  const calls: string[] = [];
  const guard = (verb: 'get' | 'list', { group, plural }: Resource, within: string | null, name?: string): void => {
    calls.push(`${verb} ${plural} ${within ?? '*'}${name === undefined ? '' : `/${name}`}`);
    if (!forbidden(verb, plural, within, name)) return;
    const where = within === null ? 'at the cluster scope' : `in the namespace "${within}"`;
    const message = `${plural} is forbidden: User "oncall" cannot ${verb} resource "${plural}" in API group "${group}" ${where}`;
    throw refusal({ status: 403, body: { message } }, { server: 'https://cluster', context, what: `${verb === 'get' ? 'reading' : 'listing'} ${plural}`, writes: false, expires: null, now: 0 });
  };
  const isOf = ({ group, kind }: Resource, object: KubeObject) => object.kind === kind && ((object.apiVersion ?? 'v1').includes('/') ? (object.apiVersion ?? '').split('/')[0] : '') === group;
  const named = ({ metadata }: KubeObject, selector = '') => !selector.startsWith('metadata.name=') || selector === `metadata.name=${metadata.name}`;
  const never = async (): Promise<never> => { throw new Error('nothing here writes'); };
  return {
    context, server: 'https://cluster', namespace, calls, patch: never, remove: never, logIn: async () => undefined, close: async () => undefined,
    version: async (group) => (group === '' || objects.some((object) => (object.apiVersion ?? '').startsWith(`${group}/`)) ? 'v1' : null),
    get: async (name) => {
      guard('get', name.resource, name.namespace, name.name);
      return objects.find((object) => isOf(name.resource, object) && object.metadata.name === name.name && (object.metadata.namespace ?? null) === name.namespace) ?? null;
    },
    list: async (resource, options) => {
      guard('list', resource, options.namespace);
      const items = objects.filter((object) => isOf(resource, object) && (options.namespace === null || object.metadata.namespace === options.namespace) && named(object, options.fieldSelector) && (options.keep?.(object) ?? true));
      return { items, resourceVersion: '1' };
    },
    review: async (kind, _group, body) => ({ status: await review(kind, body) }),
  };
}
