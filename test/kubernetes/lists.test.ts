// How lists come over the wire: packed, in pages, and of each page no more than is kept.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { nameOf, RESOURCES } from '../../src/gitops/controllers/object.ts';
import { openCluster, type ClusterApi } from '../../src/kubernetes/api.ts';
import { failure } from '../harness/failure.ts';
import { at, kubeconfig } from './kubeconfigs.ts';

let server: Server | null = null;
afterEach(() => { server?.close(); server?.closeAllConnections(); server = null; });

/** A server that answers as it is told, and a cluster that is asked there. */
async function cluster(answer: (request: IncomingMessage) => { readonly body: Buffer | string; readonly headers?: Readonly<Record<string, string>> }, stated: object = {}): Promise<ClusterApi> {
  server = createServer((request, response) => {
    const { body, headers = {} } = answer(request);
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => { server?.listen(0, '127.0.0.1', resolve); });
  return openCluster(at(kubeconfig({ current: 'prod', clusters: { prod: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ...stated } } })));
}

const MAP = nameOf('configmap', 'iam', 'keycloak-realm');
const object = (data: string) => JSON.stringify({ metadata: { name: 'keycloak-realm', namespace: 'iam' }, data: { realm: data } });
const packed = (text: string) => ({ body: gzipSync(text), headers: { 'content-encoding': 'gzip' } });

describe('an answer that the API server has packed', () => {
  test('is what it was, character by character', async () => {
    // Longer than a chunk, with characters that lie across two.
    const text = 'Zürich – 東京 🗝'.repeat(20_000);
    const asked: unknown[] = [];
    const api = await cluster(({ headers }) => { asked.push(headers['accept-encoding']); return packed(object(text)); });
    expect((await api.get(MAP))?.['data']).toEqual({ realm: text });
    await api.close();
    expect(asked).toEqual(['gzip']);
  });

  test('is not asked for where the kubeconfig says so, as by kubectl', async () => {
    const asked: unknown[] = [];
    const api = await cluster(({ headers }) => { asked.push(headers['accept-encoding']); return { body: object('a') }; }, { 'disable-compression': true });
    await api.get(MAP);
    await api.close();
    expect(asked).toEqual([undefined]);
  });

  test('and that is cut off is asked for again', async () => {
    let times = 0;
    const api = await cluster(() => {
      times += 1;
      const whole = packed(object('a'.repeat(1000)));
      return times === 1 ? { ...whole, body: whole.body.subarray(0, 20) } : whole;
    });
    expect((await api.get(MAP))?.metadata.name).toBe('keycloak-realm');
    await api.close();
    expect(times).toBe(2);
  });

  test('is not unpacked for ever', async () => {
    const api = await cluster(() => packed(object('a'.repeat(130 * 1024 * 1024))));
    expect(await failure(api.get(MAP))).toMatchObject({ code: 'server-error', message: 'The API server answers with more than 128 MiB when reading ConfigMap iam/keycloak-realm.' });
    await api.close();
  });
});

describe('a list in pages', () => {
  /** Five applications, two a page, whatever is asked for. */
  const pages = (asked: URLSearchParams[], left: boolean) => ({ url = '' }: IncomingMessage) => {
    if (url.endsWith('/apis/argoproj.io')) return { body: JSON.stringify({ preferredVersion: { version: 'v1alpha1' } }) };
    const query = new URL(url, 'http://k8s').searchParams;
    asked.push(query);
    const from = Number(query.get('continue') ?? 0);
    const items = Array.from({ length: Math.min(2, 5 - from) }, (_, index) => ({ metadata: { name: `app-${from + index}`, namespace: 'argocd' } }));
    return { body: JSON.stringify({ metadata: { resourceVersion: '7', ...(from + 2 < 5 ? { continue: String(from + 2), ...(left ? { remainingItemCount: 5 - from - 2 } : {}) } : {}) }, items }) };
  };

  test('is whole, each with its kind and version', async () => {
    const asked: URLSearchParams[] = [];
    const api = await cluster(pages(asked, true));
    const listed = await api.list(RESOURCES.application, { namespace: null });
    await api.close();
    expect(listed?.resourceVersion).toBe('7');
    expect(listed?.items.map(({ apiVersion, kind, metadata: { name } }) => `${apiVersion} ${kind} ${name}`)).toEqual([0, 1, 2, 3, 4].map((index) => `argoproj.io/v1alpha1 Application app-${index}`));
    expect(asked.map((query) => [query.get('limit'), query.get('continue')])).toEqual([['500', null], ['500', '2'], ['500', '4']]);
  });

  test('of which little is kept comes in small ones, and tells how far it is', async () => {
    const asked: URLSearchParams[] = [];
    const api = await cluster(pages(asked, true));
    const told: unknown[] = [];
    const listed = await api.list(RESOURCES.application, { namespace: null, keep: ({ metadata: { name } }) => name === 'app-3', onPage: (seen, left) => { told.push([seen, left]); } });
    await api.close();
    expect(listed?.items).toEqual([{ kind: 'Application', apiVersion: 'argoproj.io/v1alpha1', metadata: { name: 'app-3', namespace: 'argocd' } }]);
    expect(asked.map((query) => query.get('limit'))).toEqual(['100', '100', '100']);
    expect(told).toEqual([[2, 3], [4, 1]]);
  });

  test('of a server that does not say what is left', async () => {
    const api = await cluster(pages([], false));
    const told: unknown[] = [];
    await api.list(RESOURCES.application, { namespace: null, onPage: (seen, left) => { told.push([seen, left]); } });
    await api.close();
    expect(told).toEqual([[2, null], [4, null]]);
  });

  test('is not empty where something in between answers with a page of its own', async () => {
    const api = await cluster(({ url = '' }) => ({ body: url.endsWith('/apis/argoproj.io') ? JSON.stringify({ preferredVersion: { version: 'v1alpha1' } }) : '<html>Please log in</html>' }));
    expect(await failure(api.list(RESOURCES.application, { namespace: null }))).toMatchObject({ code: 'server-error', message: 'The API server of context prod refuses listing applications: status 200.' });
    await api.close();
  });
});
