/**
 * The only place that talks to an API server. The library opens the kubeconfig and logs in; the requests are our own, because its calls drop
 * warnings, put headers and whole objects into error texts and default to JSON Patch (verified-kube.md 3.2 and 3.5).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { RescueError } from '../realm/errors.ts';
import type { Json, JsonObject } from '../realm/json.ts';
import { isLoopback } from '../keycloak/address.ts';
import { reached } from '../keycloak/failures.ts';
import { FIELD_MANAGER } from '../gitops/controllers/controller.ts';
import { isObject, shown, textAt, type KubeObject, type ObjectName, type Resource } from '../gitops/controllers/object.ts';
import { listOf, parse, textOf, TooLarge } from './body.ts';
import { takesPacked } from './cluster-info.ts';
import { openConfig, type OpenedConfig } from './config.ts';
import { credentialsOf, pluginOf, type Credentials } from './credentials.ts';
import { proxyDispatcher } from './proxy.ts';
import { connectionLost, refusal, unknownField, type Answered, type Asked } from './failures.ts';
import { isKubeObject, readPages, type Listed, type ListOptions } from './pages.ts';
import type { ClusterTarget } from './target.ts';

const SILENCE = 15_000;
const CONNECT_MILLISECONDS = 10_000;
const ATTEMPTS = 3;
const FIRST_PAUSE = 300;
/**
 * From this minor version on a list without pages comes out of the server's cache, and shows the moment all the same (KEP-2340). Each page of one is read from etcd and decoded
 * object by object, which takes the server several times as long; before that version a whole list is as well, and all at once.
 */
const CACHES_LISTS = 31;
/** How long an API server works at one request by itself, in milliseconds (--request-timeout). */
const GIVES_UP = 60_000;
/** As client-go asks for it: a server that cannot do that gives the whole objects. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
/** The server's own limit is 3 MiB for one object; a list holds many. */
const LARGEST_BODY = 128 * 1024 * 1024;

export type Patched =
  | { readonly object: KubeObject; readonly warnings: readonly string[] }
  /** fieldValidation=Strict: this server's schema has no such field, and nothing was written. */
  | { readonly unknownField: string };

export interface ClusterApi {
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  /** The version of a group that the server prefers; null where it does not serve the group. */
  version(group: string): Promise<string | null>;
  /** null where there is no such object, or no such kind. */
  get(name: ObjectName): Promise<KubeObject | null>;
  /** Each with its kind and version; null where the server does not serve the kind, or no longer remembers the moment. */
  list(resource: Resource, options: ListOptions): Promise<Listed | null>;
  /**
   * One JSON merge patch, sent once. With a resourceVersion in it a change by somebody else in between is refused.
   * @throws RescueError `changed-meanwhile`, `no-answer` (it may have happened), `missing-role`, `write-failed`, `object-not-found`
   */
  patch(name: ObjectName, patch: JsonObject, options?: { readonly dryRun?: boolean }): Promise<Patched>;
  /** One deletion, sent once, of exactly the object with that uid. */
  remove(name: ObjectName, uid: string): Promise<void>;
  /** A review such as SelfSubjectAccessReview: a POST that stores nothing. */
  review(kind: string, group: string, body: JsonObject): Promise<Json>;
  /** Runs the login plugin of the kubeconfig now, where it has one; otherwise the login happens with the first request. */
  logIn(): Promise<void>;
  close(): Promise<void>;
}

interface Call {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly contentType?: string;
  readonly accept?: string;
  /** Of a list: what is taken of its items. */
  readonly take?: ((item: Json) => boolean) | null;
  /** A list of everything, which the server may take a while to begin with. It is asked for once: there is another way. */
  readonly whole?: boolean;
  readonly what: string;
  readonly writes: boolean;
}

interface Line {
  readonly opened: OpenedConfig;
  readonly credentials: Credentials;
  readonly dispatcher: Dispatcher;
  /** Answers may come as gzip: a list is a tenth as large then, and the way to a cluster is often a slow one. */
  readonly packed: boolean;
}

/**
 * Opens the kubeconfig at once; the login happens with the first request.
 * @throws RescueError `kubeconfig`
 */
export function openCluster(target: ClusterTarget, now: () => number = Date.now): ClusterApi {
  let opened = openConfig(target);
  const { context, server, namespace } = opened;
  const silence = target.silence ?? SILENCE;
  let line: Promise<Line> | null = null;
  const closing = new AbortController();
  const versions = new Map<string, Promise<string | null>>();

  const connect = async (): Promise<Line> => {
    const credentials = await credentialsOf(opened, undefined, { ...(target.attendance ? { attendance: target.attendance } : {}), signal: closing.signal });
    return { opened, credentials, dispatcher: await dispatcherOf(opened, credentials, silence), packed: takesPacked(opened.config.getCurrentCluster()) };
  };
  const current = (): Promise<Line> => {
    line ??= connect();
    line.catch(() => { line = null; });
    return line;
  };
  /** The library keeps a plugin's token for as long as the object lives, also one that was revoked. */
  const logInAgain = async (old: Line): Promise<Line> => {
    opened = openConfig(target);
    line = connect();
    const fresh = await current();
    void old.dispatcher.close().catch(() => undefined);
    return fresh;
  };

  const once = async (call: Call, { credentials, dispatcher, packed }: Line): Promise<Answered & { readonly warnings: readonly string[] }> => {
    const { origin, pathname } = new URL(server);
    const query = new URLSearchParams(call.query).toString();
    const response = await dispatcher.request({
      origin, path: `${pathname.replace(/\/$/, '')}${call.path}${query === '' ? '' : `?${query}`}`, method: call.method, headersTimeout: call.whole ? Math.max(silence, GIVES_UP) : silence, bodyTimeout: silence,
      // Over HTTP/2 undici joins the values of a name with commas, and two groups would be one of a strange name.
      ...(Object.values(credentials.headers).some((value) => typeof value !== 'string') ? { allowH2: false } : {}),
      headers: { accept: call.accept ?? 'application/json', ...(packed ? { 'accept-encoding': 'gzip' } : {}), 'user-agent': target.userAgent, ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }), ...Object.fromEntries(Object.entries(credentials.headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]])) },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const body = await (call.take && response.statusCode === 200 ? listOf(response, call.take, LARGEST_BODY) : textOf(response, LARGEST_BODY).then(parse)).catch((error: unknown): never => {
      throw error instanceof TooLarge ? new RescueError('server-error', `The API server answers with more than 128 MiB when ${call.what}.`, ['Name a namespace with --namespace.']) : error;
    });
    return { status: response.statusCode, body, warnings: warningsOf(response.headers['warning']) };
  };

  const send = async (call: Call): Promise<Answered & { readonly warnings: readonly string[] }> => {
    if (call.writes && target.readOnly) throw new RescueError('usage', 'This run is read-only: nothing is written to the cluster.', ['Start it without --read-only.']);
    let used = await current();
    for (let attempt = 1; ; attempt += 1) {
      const last = call.writes || call.whole || attempt >= ATTEMPTS;
      try {
        const answered = await once(call, used);
        // Refused before anything was done: with a new login it may be sent again, also a write.
        if (answered.status === 401 && attempt === 1) {
          used = await logInAgain(used);
          continue;
        }
        if (last || ![429, 500, 502, 503, 504].includes(answered.status)) return answered;
      } catch (error) {
        if (error instanceof RescueError) throw error;
        if (last || reached(error) === 'tls') throw connectionLost(error, asked(call, used));
      }
      await pause(FIRST_PAUSE * 2 ** (attempt - 1));
    }
  };
  const asked = (call: Call, { credentials }: Line): Asked => ({ server, context, what: call.what, writes: call.writes, expires: credentials.expires, now: now() });
  const refused = async (call: Call, answered: Answered): Promise<RescueError> => refusal(answered, asked(call, await current()));

  const version = (group: string): Promise<string | null> => {
    const known = versions.get(group) ?? find(group);
    versions.set(group, known);
    known.catch(() => versions.delete(group));
    return known;
  };
  const find = async (group: string): Promise<string | null> => {
    if (group === '') return 'v1';
    const call: Call = { method: 'GET', path: `/apis/${group}`, what: `asking for the kinds of ${group}`, writes: false };
    const answered = await send(call);
    // For a group that is not there the body is the plain text "404 page not found".
    if (answered.status === 404) return null;
    if (answered.status !== 200) throw await refused(call, answered);
    return textAt(answered.body, 'preferredVersion', 'version') ?? null;
  };
  let caching: Promise<boolean> | null = null;
  const cachesLists = (): Promise<boolean> => {
    caching ??= send({ method: 'GET', path: '/version', what: 'asking for the version', writes: false }).then(({ status, body }) => status === 200 && Number.parseInt(textAt(body, 'minor') ?? '', 10) >= CACHES_LISTS);
    caching.catch(() => { caching = null; });
    return caching;
  };
  const pathOf = async (resource: Resource, namespaceOf: string | null, name?: string): Promise<string | null> => {
    const served = await version(resource.group);
    if (served === null) return null;
    return [resource.group === '' ? `/api/${served}` : `/apis/${resource.group}/${served}`, ...(namespaceOf === null ? [] : ['namespaces', segment(namespaceOf)]), resource.plural, ...(name === undefined ? [] : [segment(name)])].join('/');
  };
  const writePath = async (name: ObjectName): Promise<string> => {
    const path = await pathOf(name.resource, name.namespace, name.name);
    if (path === null) throw new RescueError('object-not-found', `This cluster does not know the kind ${name.resource.kind}.`, ['Check --context.']);
    return path;
  };

  return {
    context, server, namespace, version,
    get: async (name) => {
      const path = await pathOf(name.resource, name.namespace, name.name);
      if (path === null) return null;
      const call: Call = { method: 'GET', path, what: `reading ${shown(name)}`, writes: false };
      const answered = await send(call);
      if (answered.status === 404) return null;
      if (answered.status !== 200 || !isKubeObject(answered.body)) throw await refused(call, answered);
      return answered.body;
    },
    list: async (resource, options) => {
      const path = await pathOf(resource, options.namespace);
      if (path === null) return null;
      const served = (await version(resource.group)) ?? '';
      const read = (unpaged: boolean): Promise<Listed | null> => readPages(resource, options, {
        version: served, unpaged,
        ask: async (query, take) => {
          const call: Call = { method: 'GET', path, query, take, whole: unpaged, what: `listing ${resource.plural}${options.namespace === null ? '' : ` in namespace ${options.namespace}`}`, writes: false, ...(options.metadataOnly ? { accept: METADATA_ONLY } : {}) };
          const answered = await send(call);
          if (answered.status === 404 || (answered.status === 410 && options.exactly !== undefined)) return null;
          // Something in between may answer 200 with a page of its own, which is no empty list.
          if (answered.status !== 200 || !isObject(answered.body)) throw await refused(call, answered);
          return answered.body;
        },
      });
      if (options.keep === undefined || !(await cachesLists())) return read(false);
      return read(true).catch((error: unknown) => {
        // Over a slow line it may take longer than the server gives one request.
        if (error instanceof RescueError && ['unreachable', 'server-error'].includes(error.code)) return read(false);
        throw error;
      });
    },
    patch: async (name, patch, { dryRun = false } = {}) => {
      const call: Call = {
        method: 'PATCH', path: await writePath(name), query: { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', ...(dryRun ? { dryRun: 'All' } : {}) },
        body: patch, contentType: 'application/merge-patch+json', what: `patching ${shown(name)}`, writes: !dryRun,
      };
      const answered = await send(call);
      const unknown = answered.status === 422 ? unknownField(answered.body) : null;
      if (unknown !== null) return { unknownField: unknown };
      if (answered.status !== 200 || !isKubeObject(answered.body)) throw await refused(call, answered);
      return { object: answered.body, warnings: answered.warnings };
    },
    remove: async (name, uid) => {
      const call: Call = { method: 'DELETE', path: await writePath(name), body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid } }, what: `deleting ${shown(name)}`, writes: true };
      const answered = await send(call);
      if (answered.status !== 200 && answered.status !== 202) throw await refused(call, answered);
    },
    review: async (kind, group, body) => {
      const plural = `${kind.toLowerCase()}s`;
      const call: Call = { method: 'POST', path: `/apis/${group}/v1/${plural}`, body: { kind, apiVersion: `${group}/v1`, ...body }, what: `asking the cluster by ${kind}`, writes: false };
      const answered = await send(call);
      if (answered.status !== 201 && answered.status !== 200) throw await refused(call, answered);
      return answered.body;
    },
    logIn: async () => {
      if (pluginOf(opened) !== null) await current();
    },
    close: async () => {
      closing.abort(new RescueError('interrupted', 'Left while the login plugin of the kubeconfig was waited for; nothing was sent.', []));
      const open = await line?.catch(() => null);
      // What is still under way is of a run that has been left.
      await open?.dispatcher.destroy();
    },
  };
}

function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) throw new RescueError('usage', `"${name}" is no name of a Kubernetes object.`, ['Write NAMESPACE/NAME.']);
  return encodeURIComponent(name);
}

/** `299 - "unknown field \"spec.x\""`: the text of each warning. */
function warningsOf(header: string | string[] | undefined): readonly string[] {
  return [header ?? []].flat().flatMap((value) => [...value.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((found) => (found[1] ?? '').replaceAll(/\\(.)/g, '$1')));
}

async function dispatcherOf(opened: OpenedConfig, { tls }: Credentials, silence: number): Promise<Dispatcher> {
  const cluster = opened.config.getCurrentCluster();
  const options = { connections: 4, headersTimeout: silence, bodyTimeout: silence };
  // What a kubeconfig says of proxies wins; the library knows socks ones as well.
  if (cluster?.proxyUrl) return proxyDispatcher(opened);
  if (isLoopback(opened.server)) return new Agent({ ...options, connect: { ...tls, timeout: CONNECT_MILLISECONDS } });
  return new EnvHttpProxyAgent({ ...options, connect: { ...tls, timeout: CONNECT_MILLISECONDS }, requestTls: { ...tls } });
}
