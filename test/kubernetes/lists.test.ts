// How answers come over the wire: packed, lists in pages or at once, and no more of them held than is kept.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { nameOf, RESOURCES } from '../../src/gitops/controllers/object.ts';
import { openCluster, type ClusterApi } from '../../src/kubernetes/api.ts';
import { listOf, TooLarge } from '../../src/kubernetes/body.ts';
import { failure } from '../harness/failure.ts';
import { at, kubeconfig } from './kubeconfigs.ts';

let server: Server | null = null;
afterEach(() => { server?.close(); server?.closeAllConnections(); server = null; });

/** A server that answers as it is told, and a cluster that is asked there. */
async function cluster(answer: (request: IncomingMessage) => { readonly body: Buffer | string; readonly headers?: Readonly<Record<string, string>>; /** The line, after that. */ readonly breaks?: boolean }, stated: object = {}): Promise<ClusterApi> {
  server = createServer((request, response) => {
    const { body, headers = {}, breaks = false } = answer(request);
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    if (breaks) response.write(body, () => { response.destroy(); });
    else response.end(body);
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

describe('a list', () => {
  const all = [0, 1, 2, 3, 4].map((index) => ({ metadata: { name: `app-${index}`, namespace: 'argocd', annotations: { note: `}],{"\\ ${index}` } }, status: { resources: [{ name: 'a' }, { name: 'b' }], counts: [1, 2] } }));
  /** Five applications: all of them, or two a page. @param broken  whole lists that break off */
  const lists = (asked: string[], { minor = '36', broken = 0 } = {}) => {
    let whole = 0;
    return ({ url = '', headers: { accept } }: IncomingMessage) => {
      if (url.endsWith('/apis/argoproj.io')) return { body: JSON.stringify({ preferredVersion: { version: 'v1alpha1' } }) };
      if (url === '/version') return { body: JSON.stringify({ major: '1', minor }) };
      const query = new URL(url, 'http://k8s').searchParams;
      const metadata = accept?.includes('PartialObjectMetadataList') === true;
      asked.push(`${metadata ? 'metadata ' : ''}${query.size === 0 ? 'whole' : query.toString()}`);
      const [from, size] = [Number(query.get('continue') ?? 0), query.has('limit') ? 2 : 5];
      const items = all.slice(from, from + size).map((item) => (metadata ? { kind: 'PartialObjectMetadata', metadata: item.metadata } : item));
      const body = JSON.stringify({ kind: 'ApplicationList', metadata: { resourceVersion: '7', ...(from + size < 5 ? { continue: String(from + size) } : {}) }, items });
      whole += query.has('limit') ? 0 : 1;
      return !query.has('limit') && whole <= broken ? { body: body.slice(0, -40), headers: { 'content-length': String(body.length) }, breaks: true } : { body };
    };
  };
  const names = (listed: { readonly items: readonly { readonly metadata: { readonly name: string } }[] } | null) => listed?.items.map(({ metadata: { name } }) => name);
  const everywhere = { namespace: null };

  test('that is kept comes in pages, each object with its kind and version', async () => {
    const asked: string[] = [];
    const api = await cluster(lists(asked));
    const listed = await api.list(RESOURCES.application, everywhere);
    await api.close();
    expect(listed).toEqual({ resourceVersion: '7', items: all.map((item) => ({ kind: 'Application', apiVersion: 'argoproj.io/v1alpha1', ...item })) });
    expect(asked).toEqual(['limit=500', 'limit=500&continue=2', 'limit=500&continue=4']);
  });

  test.each([['36', ['whole']], ['31+', ['whole']], ['30', ['limit=500', 'limit=500&continue=2', 'limit=500&continue=4']], ['', ['limit=500', 'limit=500&continue=2', 'limit=500&continue=4']]])('of which little is kept comes at once where the server has it at hand: 1.%s', async (minor, expected) => {
    const asked: string[] = [];
    const api = await cluster(lists(asked, { minor }));
    const seen: unknown[] = [];
    const listed = await api.list(RESOURCES.application, { ...everywhere, keep: (object) => { seen.push(object); return object.metadata.name === 'app-3'; } });
    await api.close();
    expect(listed).toEqual({ resourceVersion: '7', items: [{ kind: 'Application', apiVersion: 'argoproj.io/v1alpha1', ...all[3] }] });
    expect(seen).toEqual(all.map((item) => ({ kind: 'Application', apiVersion: 'argoproj.io/v1alpha1', ...item })));
    expect(asked).toEqual(expected);
  });

  test('that breaks off is read in pages', async () => {
    const asked: string[] = [];
    const api = await cluster(lists(asked, { broken: 1 }));
    expect(names(await api.list(RESOURCES.application, { ...everywhere, keep: () => true }))).toEqual(['app-0', 'app-1', 'app-2', 'app-3', 'app-4']);
    await api.close();
    expect(asked).toEqual(['whole', 'limit=500', 'limit=500&continue=2', 'limit=500&continue=4']);
  });

  test('of metadata alone has the kind of the objects', async () => {
    const asked: string[] = [];
    const api = await cluster(lists(asked));
    const listed = await api.list(RESOURCES.application, { ...everywhere, metadataOnly: true, keep: () => true });
    await api.close();
    expect(listed?.items[1]).toEqual({ kind: 'Application', apiVersion: 'argoproj.io/v1alpha1', metadata: all[1]?.metadata });
    expect(asked).toEqual(['metadata whole']);
  });

  test('comes in whatever chunks, packed or not', async () => {
    const objects = Array.from({ length: 300 }, (_, index) => ({ metadata: { name: `app-${index}`, namespace: 'argocd', annotations: { note: `${'東"\\'.repeat(index)}]}` } }, spec: { sources: [[{ a: [] }], {}] } }));
    for (const pack of [true, false]) {
      const api = await cluster(({ url = '' }) => {
        if (url.endsWith('/apis/argoproj.io')) return { body: JSON.stringify({ preferredVersion: { version: 'v1alpha1' } }) };
        const body = url === '/version' ? '{"major":"1","minor":"36"}' : JSON.stringify({ items: objects, metadata: { resourceVersion: '7' } }, null, 2);
        return pack ? packed(body) : { body };
      });
      expect(await api.list(RESOURCES.application, { ...everywhere, keep: () => true })).toEqual({ resourceVersion: '7', items: objects.map((item) => ({ kind: 'Application', apiVersion: 'argoproj.io/v1alpha1', ...item })) });
      await api.close();
      server?.close();
    }
  });

  test.each<[string, string]>([['a page of its own', '<html>Please log in</html>'], ['half of a list', '{"metadata":{},"items":[{"metadata":{"name":"a"}}'], ['a list with something broken in it', '{"metadata":{},"items":[{"metadata":{"name":}}]}'], ['nothing', '']])('is not empty where something in between answers with %s', async (_name, page) => {
    for (const keep of [{}, { keep: () => true }]) {
      const api = await cluster(({ url = '' }) => ({ body: url.endsWith('/apis/argoproj.io') ? JSON.stringify({ preferredVersion: { version: 'v1alpha1' } }) : url === '/version' ? '{"major":"1","minor":"36"}' : page }));
      expect(await failure(api.list(RESOURCES.application, { ...everywhere, ...keep }))).toMatchObject({ code: 'server-error', message: 'The API server of context prod refuses listing applications: status 200.' });
      await api.close();
      server?.close();
    }
  });

  test('holds no object, and nothing around them, that is larger than may be held', async () => {
    const read = (text: string) => listOf({ headers: {}, body: Readable.from([Buffer.from(text)]) } as unknown as Parameters<typeof listOf>[0], () => false, 20);
    expect(await read(`{"items":[${Array.from({ length: 50 }, () => '{"a":1}').join(',')}]}`)).toEqual({ items: [] });
    await expect(read('{"items":[{"a":"12345678901234567890"}]}')).rejects.toThrow(TooLarge);
    await expect(read('{"metadata":"12345678901234567890","items":[]}')).rejects.toThrow(TooLarge);
  });
});
