/** How Keycloak is reached: what its own objects say, then Ingress and Service. */
import { RescueError } from '../realm/errors.ts';
import type { Json, JsonObject } from '../realm/json.ts';
import { baseAddress } from '../keycloak/address.ts';
import { at, isObject, listAt, RESOURCES, textAt, type KubeObject } from '../gitops/controllers/object.ts';
import { imageVersion } from '../gitops/launches/launch.ts';
import { compareVersions } from '../gitops/catalogue/setting.ts';
import type { ClusterApi } from './api.ts';
import { argumentOf, variableOf } from './container-values.ts';
import { listOf } from './list-of.ts';

export interface Address {
  readonly url: string | null;
  /** What could not be looked at on the way. */
  readonly refused: readonly RescueError[];
}

/** What the server itself says that it is called; bitnami's image has names of its own, older releases `_URL`. */
const ADMIN_NAMES = ['KC_HOSTNAME_ADMIN', 'KC_HOSTNAME_ADMIN_URL', 'KEYCLOAK_HOSTNAME_ADMIN'];
const HOST_NAMES = ['KC_HOSTNAME', 'KC_HOSTNAME_URL', 'KEYCLOAK_HOSTNAME'];
const PATH_NAMES = ['KC_HTTP_RELATIVE_PATH', 'KEYCLOAK_HTTP_RELATIVE_PATH'];

/**
 * From the status that an operator writes (`endpoints.admin`, `.public`, `.internal`), else from `spec.hostname`, else from Ingress and Service
 * by the names that the operator gives them.
 */
export async function addressOfResource(api: ClusterApi, object: KubeObject, notes: string[]): Promise<Address> {
  const { name, namespace = '' } = object.metadata;
  const said = [textAt(object, 'status', 'endpoints', 'admin'), textAt(object, 'status', 'endpoints', 'public')].map((url) => asBase(url, '')).find((url) => url !== null);
  if (said) return { url: noted(api, said, namespace, notes), refused: [] };
  const inside = asBase(textAt(object, 'status', 'endpoints', 'internal'), '');
  if (inside) return { url: noted(api, inside, namespace, notes), refused: [] };
  const path = relative(textAt(listAt(object, 'spec', 'additionalOptions').find((option) => textAt(option, 'name') === 'http-relative-path'), 'value'));
  const hosts = [textAt(object, 'spec', 'hostname', 'admin'), textAt(object, 'spec', 'hostname', 'hostname'), textAt(object, 'spec', 'hostname'), textAt(object, 'spec', 'ingress', 'host')];
  const named = hosts.map((host) => asBase(host, path)).find((url) => url !== null);
  if (named) return { url: noted(api, named, namespace, notes), refused: [] };
  const isOwn = (service: KubeObject) => service.metadata.name === `${name}-service` || service.metadata.name === name || service.metadata.name === textAt(object, 'spec', 'http', 'serviceName');
  return around(api, namespace, isOwn, [], path, notes);
}

/** From an Ingress that leads to a Service of its pods, else from its own hostname, else from the Service itself. */
export async function addressOfWorkload(api: ClusterApi, object: KubeObject, server: JsonObject, notes: string[]): Promise<Address> {
  const { namespace = '' } = object.metadata;
  const read = (names: readonly string[]) => variableOf(api, object, server, names);
  const [admin, host, given] = await Promise.all([read(ADMIN_NAMES), read(HOST_NAMES), read(PATH_NAMES)]);
  const image = textAt(server, 'image') ?? '';
  const version = imageVersion(image);
  // The WildFly distribution, until 17.0.1-legacy, serves under /auth (keycloak-containers).
  const usual = /legacy/i.test(image) || (version !== null && compareVersions(version, '17.0.0') < 0) ? '/auth' : '';
  const path = relative(given ?? argumentOf(server, 'http-relative-path') ?? usual);
  const own = [admin ?? argumentOf(server, 'hostname-admin'), host ?? argumentOf(server, 'hostname')].flatMap((name) => asBase(name ?? undefined, path) ?? []);
  const labels = at(object, 'spec', 'template', 'metadata', 'labels');
  return around(api, namespace, (service) => selects(service, labels), own, path, notes);
}

/** @param own  what the server says that it is called, the best first */
async function around(api: ClusterApi, namespace: string, isOwn: (service: KubeObject) => boolean, own: readonly string[], path: string, notes: string[]): Promise<Address> {
  const [services, ingresses] = await Promise.all([listOf(api, RESOURCES.service, namespace), listOf(api, RESOURCES.ingress, namespace)]);
  const refused = [services, ingresses].flatMap((part) => part.refused ?? []);
  const mine = services.objects.filter(isOwn);
  const routes = ingresses.objects.flatMap((ingress) => routesOf(ingress, new Set(mine.map(({ metadata }) => metadata.name)), path));
  const hostOf = (url: string) => new URL(url).hostname;
  // Two hosts may lead to one server, one for the users and one for the administrators.
  const chosen = own.map((url) => routes.find(({ host }) => host === hostOf(url))).find((route) => route !== undefined) ?? routes.find(({ tls }) => tls) ?? routes[0];
  const routed = chosen && (own.find((url) => hostOf(url) === chosen.host) ?? asBase(chosen.host, path));
  if (routed) {
    const others = [...new Set(routes.map(({ host }) => host))].filter((host) => host !== chosen.host);
    if (others.length > 0) notes.push(`Ingress also leads to it from ${others.join(' and ')}; --url decides otherwise`);
    return { url: routed, refused };
  }
  if (own[0]) return { url: noted(api, own[0], namespace, notes), refused };
  const inside = mine.toSorted((a, b) => Number(textAt(a, 'spec', 'clusterIP') === 'None') - Number(textAt(b, 'spec', 'clusterIP') === 'None')).map((service) => serviceAddress(service, path)).find((url) => url !== null);
  return { url: inside ? noted(api, inside, namespace, notes) : null, refused };
}

interface Route {
  readonly host: string;
  readonly tls: boolean;
}

/** Hosts under which the Admin API is let through; many an Ingress for users leaves /admin out. */
function routesOf(ingress: KubeObject, services: ReadonlySet<string>, base: string): readonly Route[] {
  const covered = listAt(ingress, 'spec', 'tls').flatMap((entry) => listAt(entry, 'hosts'));
  return listAt(ingress, 'spec', 'rules').flatMap((rule): readonly Route[] => {
    const host = textAt(rule, 'host') ?? '';
    const leads = listAt(rule, 'http', 'paths').some((entry) => services.has(textAt(entry, 'backend', 'service', 'name') ?? '') && `${base}/admin/`.startsWith((textAt(entry, 'path') ?? '/').replace(/[(*].*$/s, '')));
    return host === '' || host.includes('*') || !leads ? [] : [{ host, tls: covered.includes(host) }];
  });
}

/** Whether a Service sends to pods with these labels. One without a selector sends where somebody else says. */
function selects(service: KubeObject, labels: Json | undefined): boolean {
  const selector = at(service, 'spec', 'selector');
  const wanted = isObject(selector) ? Object.entries(selector) : [];
  return wanted.length > 0 && wanted.every(([key, value]) => at(labels, key) === value);
}

function serviceAddress(service: KubeObject, path: string): string | null {
  const ports = listAt(service, 'spec', 'ports').flatMap((port) => {
    const number = at(port, 'port');
    return typeof number === 'number' ? [{ number, name: textAt(port, 'name') ?? '' }] : [];
  });
  const isSecure = ({ number, name }: { readonly number: number; readonly name: string }) => /https/.test(name) || number === 443 || number === 8443;
  const port = ports.find(({ number, name }) => /^http$/.test(name) || number === 80 || number === 8080) ?? ports.find(isSecure);
  if (!port) return null;
  return `${isSecure(port) ? 'https' : 'http'}://${service.metadata.name}.${service.metadata.namespace ?? ''}.svc:${port.number}${path}`;
}

/** `auth` or `/auth/` as `/auth`; the root as nothing. */
function relative(path: string | undefined): string {
  const bare = (path ?? '').replace(/^\/+|\/+$/g, '');
  return bare === '' ? '' : `/${bare}`;
}

/** A host or an address as a base address; null for what is none. An operator may name the console instead of the server. */
function asBase(text: string | undefined, path: string): string | null {
  if (text === undefined || text.trim() === '') return null;
  const url = /^https?:\/\//.test(text) ? text.trim() : `https://${text.trim()}`;
  try {
    const base = baseAddress(url).replace(/\/admin(?:\/[^/]+\/console)?$/, '');
    return new URL(base).pathname === '/' ? `${base}${path}` : base;
  } catch (error) {
    if (error instanceof RescueError) return null;
    throw error;
  }
}

/** From outside an address of the cluster leads nowhere. */
function noted(api: ClusterApi, url: string, namespace: string, notes: string[]): string {
  const { hostname, port, protocol, pathname } = new URL(url);
  const [service = '', within = namespace] = hostname.split('.');
  const isInside = /\.svc(?:\.|$)/.test(hostname) || hostname.endsWith('.cluster.local') || (!hostname.includes('.') && !hostname.startsWith('[') && hostname !== 'localhost');
  if (!isInside || api.context === 'in-cluster') return url;
  const number = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  notes.push(`${url} is an address within the cluster: reach it with kubectl port-forward -n ${within} service/${service} 18080:${number}, and give --url ${protocol}//localhost:18080${pathname === '/' ? '' : pathname}`);
  return url;
}
