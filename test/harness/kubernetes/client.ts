import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { parse } from 'yaml';
import type { JsonObject } from '../../../src/realm/json.ts';

/** What the tests look at in objects of Kubernetes; a test that needs more of a kind says its type at the call. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string; readonly subresource?: string; readonly time?: string; readonly fieldsV1?: JsonObject }[];
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  /** Of a list. */
  readonly items?: readonly KubernetesObject[];
}

/** A refused call: the status, and in the message also what the server said. */
export interface RefusedCall extends Error {
  readonly status: number;
}

export interface Writing {
  /** Who managedFields will name. */
  readonly fieldManager?: string;
}

/**
 * Calls to the API as one user. A path may have a query. A call that is refused throws a {@link RefusedCall}. Writes ask
 * for `fieldValidation=Strict`, since a misspelt field in a test would else be dropped in silence; a query in the path wins.
 */
export interface KubernetesCalls {
  /** Gives null when there is no such object, or no such kind. */
  get<T = KubernetesObject>(path: string): Promise<T | null>;
  /** @param path  of the collection */
  create<T = KubernetesObject>(path: string, body: object, how?: Writing): Promise<T>;
  /** Merge patch, the only patch besides JSON Patch that custom resources take. */
  merge<T = KubernetesObject>(path: string, patch: object, how?: Writing): Promise<T>;
  /** Server-side apply. */
  apply<T = KubernetesObject>(path: string, body: object, how: { readonly fieldManager: string; readonly force?: boolean }): Promise<T>;
  replace<T = KubernetesObject>(path: string, body: object, how?: Writing): Promise<T>;
  remove(path: string): Promise<void>;
  /** Ends the connections. */
  close(): Promise<void>;
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }];
  readonly users: readonly [{ readonly user: { readonly token?: string; readonly 'client-certificate-data'?: string; readonly 'client-key-data'?: string } }];
}

/** Calls as the user of a kubeconfig that the server of the tests wrote. */
export async function openCalls(kubeconfig: string): Promise<KubernetesCalls> {
  const { clusters: [{ cluster }], users: [{ user }] } = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const [ca, cert, key] = [cluster['certificate-authority-data'], user['client-certificate-data'], user['client-key-data']].map((data) => data === undefined ? undefined : Buffer.from(data, 'base64'));
  const dispatcher = new Agent({ connect: { ca, cert, key } });
  const login = user.token === undefined ? {} : { authorization: `Bearer ${user.token}` };

  async function call(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object, type = 'application/json', query: Writing & { readonly force?: boolean } = {}): Promise<{ status: number; text: string }> {
    const url = new URL(path, cluster.server);
    const extra = body === undefined ? query : { fieldValidation: 'Strict', ...query };
    for (const [name, value] of Object.entries(extra)) if (!url.searchParams.has(name)) url.searchParams.set(name, String(value));
    const response = await request(url, {
      method, dispatcher,
      headers: { accept: 'application/json', ...login, ...(body === undefined ? {} : { 'content-type': type }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.body.text();
    const status = response.statusCode;
    if (status >= 400 && !(method === 'GET' && status === 404)) throw Object.assign(new Error(`${method} ${path}: ${status} ${message(text)}`), { status }) satisfies RefusedCall;
    return { status, text };
  }
  const write = async <T>(...args: Parameters<typeof call>): Promise<T> => JSON.parse((await call(...args)).text) as T;

  return {
    async get<T>(path: string) {
      const { status, text } = await call('GET', path);
      return status === 404 ? null : JSON.parse(text) as T;
    },
    create: (path, body, how) => write('POST', path, body, 'application/json', how),
    merge: (path, patch, how) => write('PATCH', path, patch, 'application/merge-patch+json', how),
    // JSON is YAML; the server knows no other name for this type.
    apply: (path, body, how) => write('PATCH', path, body, 'application/apply-patch+yaml', how),
    replace: (path, body, how) => write('PUT', path, body, 'application/json', how),
    async remove(path) {
      await call('DELETE', path);
    },
    close: () => dispatcher.destroy(),
  };
}

/** The server answers with a Status object, or with plain text where no API group is behind the path. */
function message(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.trim();
  }
}
