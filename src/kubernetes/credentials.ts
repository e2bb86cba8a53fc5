/** What a kubeconfig sends as its login, and when that stops being good. */
import { X509Certificate } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import type { User } from '@kubernetes/client-node';
import { RescueError } from '../realm/errors.ts';
import { oneLine } from '../keycloak/text.ts';
import { clusterInfo, type KnownCluster } from './cluster-info.ts';
import type { OpenedConfig } from './config.ts';
import { runPlugin, type Plugin, type PluginManners } from './plugin.ts';

export interface Credentials {
  /** A list is one header a value. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly tls: { readonly ca?: string | Buffer; readonly cert?: string | Buffer; readonly key?: string | Buffer; readonly rejectUnauthorized?: boolean; readonly servername?: string };
  /** When what is sent stops being good, where that can be read from it: milliseconds since the epoch. */
  readonly expires: number | null;
}

/**
 * Asks the kubeconfig's user, which may start a plugin. What that gives stands in the opened configuration from then on, as if it had been
 * written there.
 *
 * @param patience  milliseconds for a plugin
 * @throws RescueError `kubeconfig`; `refused-login` where a plugin fails or gives nothing
 */
export async function credentialsOf(opened: OpenedConfig, patience?: number, manners: PluginManners = {}): Promise<Credentials> {
  const { config, context, impersonation } = opened;
  const plugin = pluginOf(opened);
  if (plugin !== null) {
    const cluster: KnownCluster | null = plugin.provideClusterInfo === true ? config.getCurrentCluster() : null;
    const login = await runPlugin(plugin, context, { ...manners, ...(cluster ? { cluster: clusterInfo(cluster) } : {}), ...(patience === undefined ? {} : { patience }) });
    const coded = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text).toString('base64'));
    const [certData, keyData] = [coded(login.clientCertificateData), coded(login.clientKeyData)];
    config.users = config.users.map((each): User => {
      if (each !== config.getCurrentUser()) return each;
      const { exec: _exec, authProvider: _provider, ...user } = each;
      return { ...user, ...(login.token === undefined ? {} : { token: login.token }), ...(certData === undefined ? {} : { certData }), ...(keyData === undefined ? {} : { keyData }) };
    });
  }
  const user = config.getCurrentUser();
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw notPrepared(error, context, user);
  }
  const headers: Record<string, string> = Object.fromEntries(Object.entries(options.headers ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), String(value).trim()]])));
  if (options.auth) headers['authorization'] = `Basic ${Buffer.from(String(options.auth)).toString('base64')}`;
  const { ca, cert, key, rejectUnauthorized, servername } = options as RequestOptions & { ca?: Buffer; cert?: Buffer; key?: Buffer };
  const file: unknown = user?.authProvider?.config?.tokenFile;
  if (typeof file === 'string' && (headers['authorization'] ?? 'Bearer') === 'Bearer') throw new RescueError('kubeconfig', `The token file ${oneLine(file)} of context ${oneLine(context)} is empty.`, ['Have it written anew, or use another context with --context.']);
  return {
    headers: { ...headers, ...impersonation },
    tls: { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}), ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }), ...(servername === undefined ? {} : { servername }) },
    expires: expiryOf(headers['authorization'], cert),
  };
}

/** The plugin that the current user logs in by; null where there is none, or where it has given its login. */
export function pluginOf({ config }: OpenedConfig): Plugin | null {
  const user = config.getCurrentUser();
  return (user?.exec ?? user?.authProvider?.config?.exec ?? null) as Plugin | null;
}

function notPrepared(error: unknown, context: string, user: User | null): RescueError {
  const said = error instanceof Error ? oneLine((error.message.trim().split('\n').findLast((line) => line.trim() !== '') ?? '').trim()).replace(/\.$/, '') : '';
  const file = user?.certFile;
  return new RescueError('kubeconfig', `The login of context ${oneLine(context)} cannot be prepared${said === '' ? '' : `: ${said}`}.`, [file ? `Check ${file} and its key.` : 'Correct the kubeconfig, or name another context with --context.'], { cause: error });
}

function expiryOf(authorization: string | undefined, cert: Buffer | string | undefined): number | null {
  const payload = /^Bearer [^.]+\.([^.]+)\.[^.]+$/.exec(authorization ?? '')?.[1];
  if (payload !== undefined) {
    try {
      const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { readonly exp?: unknown };
      return typeof exp === 'number' ? exp * 1000 : null;
    } catch {
      return null;
    }
  }
  if (cert === undefined) return null;
  try {
    return Date.parse(new X509Certificate(cert).validTo);
  } catch {
    return null;
  }
}
