/** What a login plugin is told of the cluster where its kubeconfig asks for that (`provideClusterInfo`). */
import { readFileSync } from 'node:fs';
import type { Cluster } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { RescueError } from '../realm/errors.ts';
import type { Json } from '../realm/json.ts';
import { isObject, oneLine } from '../keycloak/text.ts';

/** A cluster of the library with what it has left out. */
export interface KnownCluster extends Cluster {
  readonly stated?: Readonly<Record<string, Json>>;
}

/** `spec.cluster` of an ExecCredential of client.authentication.k8s.io. */
export interface ClusterInfo {
  readonly 'server': string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: true;
  /** base64 of PEM */
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
  readonly 'disable-compression'?: true;
  /** What the kubeconfig has for plugins of this cluster. */
  readonly 'config': Json;
}

/** The extension of a cluster in which a kubeconfig keeps something for plugins. */
const FOR_PLUGINS = 'client.authentication.k8s.io/exec';

/**
 * The clusters that the library read from a file, each with what stands in that file.
 * @param text  of the file
 */
export function wholeClusters(clusters: readonly Cluster[], text: string): KnownCluster[] {
  const entries = (parse(text) as { readonly clusters?: readonly { readonly name?: unknown; readonly cluster?: Readonly<Record<string, Json>> | null }[] } | null)?.clusters ?? [];
  return clusters.map((cluster) => ({ ...cluster, stated: entries.find(({ name }) => name === cluster.name)?.cluster ?? {} }));
}

/**
 * The same as kubectl tells (client-go, rest/exec.go, ConfigToExecCluster): the file of the authority as its content, and `config: null` where the
 * kubeconfig has nothing for plugins.
 *
 * @throws RescueError `kubeconfig` where the file of the authority cannot be read
 */
export function clusterInfo({ stated = {}, server, caFile, name }: KnownCluster): ClusterInfo {
  const text = (field: 'server' | 'tls-server-name' | 'certificate-authority-data' | 'proxy-url'): string | undefined => (typeof stated[field] === 'string' && stated[field] !== '' ? stated[field] : undefined);
  const [tls, proxy, authority] = [text('tls-server-name'), text('proxy-url'), text('certificate-authority-data') ?? (caFile ? contentOf(caFile, name) : undefined)];
  return {
    'server': text('server') ?? server,
    ...(tls === undefined ? {} : { 'tls-server-name': tls }),
    ...(stated['insecure-skip-tls-verify'] === true ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority === undefined ? {} : { 'certificate-authority-data': authority }),
    ...(proxy === undefined ? {} : { 'proxy-url': proxy }),
    ...(stated['disable-compression'] === true ? { 'disable-compression': true } : {}),
    'config': forPlugins(stated['extensions']),
  };
}

/** Like kubectl, which asks for packed answers unless the kubeconfig says otherwise. */
export function takesPacked(cluster: KnownCluster | null): boolean {
  return cluster?.stated?.['disable-compression'] !== true;
}

const forPlugins = (extensions: Json | undefined): Json =>
  (Array.isArray(extensions) ? extensions : []).filter(isObject).find(({ name }) => name === FOR_PLUGINS)?.['extension'] ?? null;

function contentOf(file: string, cluster: string): string {
  try {
    return readFileSync(file).toString('base64');
  } catch (error) {
    throw new RescueError('kubeconfig', `The certificate authority ${oneLine(file)} of cluster "${oneLine(cluster)}" cannot be read.`, ['Correct certificate-authority in the kubeconfig.'], { cause: error });
  }
}
