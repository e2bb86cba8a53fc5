/** Where a controller applies: an Argo CD or Flux that serves several clusters (a hub) has objects in its own that speak of others. Pure. */
import { at, isObject, textAt, type KubeObject } from './object.ts';

/** What Argo CD calls the cluster that it runs in (Argo CD 3.2.0, util/db/cluster.go). */
const OWN_SERVER = 'https://kubernetes.default.svc';
const OWN_NAME = 'in-cluster';

/**
 * The cluster that a controller's objects go to, in its own words; null: the one that it lies in. A cluster may be registered under another name or address as well,
 * which cannot be seen without reading the Secrets of Argo CD: then this is a cluster that only looks like another one.
 *
 * @param server  the address of the API server that the object was read from
 */
export function otherCluster(controller: KubeObject, server: string): string | null {
  if (controller.kind !== 'Application') return isObject(at(controller, 'spec', 'kubeConfig')) ? `that of its kubeConfig ${textAt(controller, 'spec', 'kubeConfig', 'secretRef', 'name') ?? textAt(controller, 'spec', 'kubeConfig', 'configMapRef', 'name') ?? ''}`.trimEnd() : null;
  const [url, name] = ['server', 'name'].map((field) => textAt(controller, 'spec', 'destination', field) ?? '');
  if (url !== undefined && url !== '') return [OWN_SERVER, server].some((own) => addressOf(own) === addressOf(url)) ? null : url;
  return name === undefined || name === '' || name === OWN_NAME ? null : name;
}

/** Whether it says its cluster by a name alone, which Argo CD may well have given to its own: only the Secrets of Argo CD tell. */
export function goesByName(controller: KubeObject): boolean {
  return controller.kind === 'Application' && (textAt(controller, 'spec', 'destination', 'server') ?? '') === '' && (textAt(controller, 'spec', 'destination', 'name') ?? '') !== '';
}

function addressOf(server: string): string {
  return URL.canParse(server) ? new URL(server).href.replace(/\/+$/, '') : server;
}
