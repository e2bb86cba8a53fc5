import { RescueError } from '../../src/realm/errors.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { RESOURCES, shown, type KubeObject, type ObjectName, type Resource, type ResourceWord } from '../../src/gitops/controllers/object.ts';
import type { ClusterApi } from '../../src/kubernetes/api.ts';
import type { ListOptions } from '../../src/kubernetes/pages.ts';

/** One write: the resourceVersion that it made, and what stood there then; null: it was deleted. */
export type Write = readonly [revision: string, content: JsonObject | null];

export interface HistoryOptions {
  /** The newest resourceVersion of all; that of the last write when left out. */
  readonly now?: string;
  /** Lists at an earlier resourceVersion are answered as the API server does after a compaction. */
  readonly forgotten?: string;
  /** `get secrets`, `list configmaps`: answered with the error. */
  readonly refused?: Readonly<Record<string, RescueError>>;
  /** Lists always show the newest version, as something between here and the server might do. */
  readonly heedless?: boolean;
}

/**
 * A cluster of which only reading is played, with every version of its objects: `{'configmap:iam/realm': [['7', {data: …}]]}`.
 * evidence.real.test.ts holds the real server to the same.
 */
export function history(objects: Readonly<Record<string, readonly Write[]>>, { now, forgotten = '0', refused = {}, heedless = false }: HistoryOptions = {}): ClusterApi & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const newest = now ?? String(Object.values(objects).flat().map(([revision]) => BigInt(revision)).reduce((a, b) => (a > b ? a : b), 1n));
  const at = (moment: bigint): KubeObject[] => Object.entries(objects).flatMap(([spec, writes]) => {
    const [, word = '', namespace = '', name = ''] = /^(\w+):([^/]+)\/(.+)$/.exec(spec) ?? [];
    const [revision, content] = writes.findLast(([written]) => BigInt(written) <= moment) ?? ['', null];
    if (content === null) return [];
    const { kind } = RESOURCES[word as ResourceWord];
    return [{ kind, ...content, metadata: { name, namespace, resourceVersion: revision, ...(content['metadata'] as JsonObject | undefined) } } as KubeObject];
  });
  const forbid = (verb: string, { plural }: Resource): void => {
    const error = refused[`${verb} ${plural}`];
    if (error) throw error;
  };
  const find = (resource: Resource, { namespace, fieldSelector = '', labelSelector = '' }: ListOptions, moment: bigint): KubeObject[] => at(moment).filter(({ kind, type, metadata }) => {
    const fields = { 'metadata.name': metadata.name, type: typeof type === 'string' ? type : '' } as Readonly<Record<string, string>>;
    const chosen = (selector: string, values: Readonly<Record<string, string>>): boolean => selector.split(',').filter((part) => part !== '').every((part) => {
      const [, name = '', sign = '', value = ''] = /^([^!=]+)(!?=)(.*)$/.exec(part) ?? [];
      return (values[name] === value) === (sign === '=');
    });
    return kind === resource.kind && metadata.namespace === namespace && chosen(fieldSelector, fields) && chosen(labelSelector, metadata.labels ?? {});
  });
  const none = (): never => { throw new Error('only reading is played'); };
  return {
    asked, context: 'test', server: 'https://cluster.test', namespace: 'default',
    version: async (group) => (group === '' ? 'v1' : 'v1beta9'),
    get: async (name: ObjectName) => {
      forbid('get', name.resource);
      const [found] = find(name.resource, { namespace: name.namespace, fieldSelector: `metadata.name=${name.name}` }, BigInt(newest));
      return found === undefined ? null : { apiVersion: 'v1', ...found };
    },
    list: async (resource, options) => {
      forbid('list', resource);
      asked.push(options.exactly ?? 'now');
      const moment = BigInt(options.exactly ?? newest);
      if (moment === 0n || moment > BigInt(newest)) throw new Error(`the server refuses resourceVersion ${moment}`);
      if (moment < BigInt(forgotten)) return null;
      return { items: find(resource, options, heedless ? BigInt(newest) : moment), resourceVersion: String(moment) };
    },
    patch: none, remove: none, review: none, logIn: async () => undefined, close: async () => undefined,
  };
}

/** What `failures.ts` makes of an RBAC refusal. */
export function mayNot(verb: string, name: ObjectName): RescueError {
  const { plural } = name.resource;
  return new RescueError('missing-role', `oncall may not ${verb} ${plural} in namespace ${name.namespace ?? ''}, which reading ${shown(name)} takes.`, [`Have added to a Role: resources ["${plural}"], verbs ["${verb}"].`]);
}
