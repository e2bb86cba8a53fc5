/** Finds the kubeconfig that kubectl would use, and says in a sentence what is wrong with one that cannot be used. */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { RescueError } from '../realm/errors.ts';
import { isLoopback } from '../keycloak/address.ts';
import { oneLine } from '../keycloak/text.ts';
import { wholeClusters } from './cluster-info.ts';
import type { ClusterTarget } from './target.ts';
import { impersonationHeaders, wholeUsers } from './users.ts';

export interface OpenedConfig {
  readonly config: KubeConfig;
  /** `in-cluster` for the service account of a pod. */
  readonly context: string;
  /** Without a slash at its end. */
  readonly server: string;
  /** From the flag, else the context, else the pod, else `default`. */
  readonly namespace: string;
  /** Headers that every request carries so that the API server takes us for somebody else; mostly none. */
  readonly impersonation: Readonly<Record<string, string | readonly string[]>>;
}

/** Where a pod finds its own account (Kubernetes documentation, "Accessing the Kubernetes API from a Pod"). */
const POD_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const NAME_ONE = ['Name one with --kubeconfig FILE (or KUBECONFIG), or log in to the cluster so that ~/.kube/config exists.'];

/**
 * Opens it anew: a plugin's token is kept by the library for as long as the object lives, so after a 401 a new one is needed
 * (verified-kube.md 3.5).
 *
 * @throws RescueError `kubeconfig`
 */
export function openConfig(target: ClusterTarget): OpenedConfig {
  const config = load(target);
  const context = target.context ?? config.getCurrentContext();
  const known = config.getContexts().map(({ name }) => name);
  if (!context) throw refused('The kubeconfig names no current context.', known, 'Name one with --context');
  config.setCurrentContext(context);
  const entry = config.getContextObject(context);
  if (!entry) throw refused(`The kubeconfig has no context "${oneLine(context)}".`, known, 'Name one of its contexts with --context');
  const cluster = config.getCurrentCluster();
  if (!cluster?.server) throw refused(`The context ${oneLine(context)} names cluster "${oneLine(entry.cluster)}", which the kubeconfig does not have.`, known, 'Name another context with --context');
  if (entry.user && !config.getCurrentUser()) throw refused(`The context ${oneLine(context)} names user "${oneLine(entry.user)}", which the kubeconfig does not have.`, known, 'Name another context with --context');
  const server = cluster.server.replace(/\/+$/, '');
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) throw refused(`The server "${oneLine(server)}" of context ${oneLine(context)} is no address.`, [], 'Correct the kubeconfig');
  if (server.startsWith('http:')) {
    if (!isLoopback(server)) throw new RescueError('kubeconfig', `The context ${oneLine(context)} leads to ${server}, which is not encrypted; no login is sent there.`, ['Correct the kubeconfig: the address of a cluster begins with https:.']);
    // As `kubectl proxy` is used. The library wants to be told that there is no certificate to check.
    config.clusters = config.clusters.map((entryOf) => (entryOf.name === cluster.name ? { ...entryOf, skipTLSVerify: true } : entryOf));
  }
  const user = config.getCurrentUser();
  return { config, impersonation: user === null ? {} : impersonationHeaders(user), context: context === 'inClusterContext' ? 'in-cluster' : context, server, namespace: target.namespace ?? entry.namespace ?? 'default' };
}

function load({ kubeconfig, environment }: ClusterTarget): KubeConfig {
  if (kubeconfig !== undefined) {
    if (!existsSync(kubeconfig)) throw new RescueError('kubeconfig', `There is no kubeconfig at ${kubeconfig}.`, NAME_ONE);
    return fromFile(kubeconfig);
  }
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  // kubectl passes over files that are not there, and of two entries of one name takes the first.
  const files = listed.filter((file) => existsSync(file));
  if (listed.length > 0 && files.length === 0) throw new RescueError('kubeconfig', `KUBECONFIG names ${listed.join(' and ')}, which ${listed.length === 1 ? 'is' : 'are'} not there.`, NAME_ONE);
  if (files.length > 0) return merged(files.map(fromFile));
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  const usual = home === undefined ? undefined : join(home, '.kube', 'config');
  if (usual !== undefined && existsSync(usual)) return fromFile(usual);
  if (environment['KUBERNETES_SERVICE_HOST'] && existsSync(`${POD_ACCOUNT}/token`)) {
    const config = new KubeConfig();
    config.loadFromCluster();
    return config;
  }
  // The library would go on to http://localhost:8080 here.
  throw new RescueError('kubeconfig', 'No kubeconfig is found, and this is no pod with a service account: no cluster is known.', NAME_ONE);
}

function fromFile(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    // An empty file parses to nothing, on which the library stumbles.
    const text = readFileSync(file, 'utf8');
    if (text.trim() === '') throw new Error('it is empty');
    // Like kubectl, which passes over entries that are not whole.
    config.loadFromFile(file, { onInvalidEntry: 'filter' });
    config.clusters = wholeClusters(config.clusters, text);
    config.users = wholeUsers(config.users, text, file);
  } catch (error) {
    const said = error instanceof Error ? oneLine(error.message.split('\n')[0] ?? '') : 'it is no YAML';
    throw new RescueError('kubeconfig', `The kubeconfig ${file} cannot be read: ${said}.`, ['Correct the file, or name another with --kubeconfig FILE.'], { cause: error });
  }
  return config;
}

function merged(configs: readonly KubeConfig[]): KubeConfig {
  const [first, ...others] = configs as [KubeConfig, ...KubeConfig[]];
  for (const other of others) {
    const fresh = <T extends { readonly name: string }>(mine: readonly T[], theirs: readonly T[]) => [...mine, ...theirs.filter(({ name }) => !mine.some((entry) => entry.name === name))];
    first.clusters = fresh(first.clusters, other.clusters);
    first.users = fresh(first.users, other.users);
    first.contexts = fresh(first.contexts, other.contexts);
    first.currentContext ||= other.currentContext;
  }
  return first;
}

function refused(title: string, known: readonly string[], next: string): RescueError {
  return new RescueError('kubeconfig', title, [`${next}${known.length > 0 ? `: ${known.slice(0, 12).map(oneLine).join(', ')}${known.length > 12 ? ', …' : ''}` : ''}.`]);
}
