/** What a kubeconfig sends as its login, and what can be said of it when the server does not take it. */
import { X509Certificate } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { RequestOptions } from 'node:https';
import { RescueError } from '../realm/errors.ts';
import { oneLine } from '../keycloak/text.ts';
import type { OpenedConfig } from './config.ts';

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { readonly ca?: string | Buffer; readonly cert?: string | Buffer; readonly key?: string | Buffer; readonly rejectUnauthorized?: boolean; readonly servername?: string };
  /** When what is sent stops being good, where that can be read from it: milliseconds since the epoch. */
  readonly expires: number | null;
}

/** A plugin may wait for a person at a browser; longer than this nobody waits at 23:00. */
const PLUGIN_MILLISECONDS = 90_000;

/**
 * Asks the kubeconfig's user, which may start a plugin.
 *
 * @throws RescueError `refused-login` where a plugin fails or gives nothing: the request would go out as system:anonymous
 */
export async function credentialsOf(opened: OpenedConfig, patience = PLUGIN_MILLISECONDS): Promise<Credentials> {
  const user = opened.config.getCurrentUser();
  const plugin: Plugin | null = user?.exec ?? user?.authProvider?.config?.exec ?? null;
  const options: RequestOptions = {};
  const cut = new AbortController();
  try {
    await Promise.race([
      opened.config.applyToHTTPSOptions(options),
      pause(patience, undefined, { signal: cut.signal }).then(() => { throw new Error(`it gives no answer within ${Math.round(patience / 1000)} s`); }),
    ]);
  } catch (error) {
    throw pluginFailure(error, opened, plugin);
  } finally {
    cut.abort();
  }
  const headers = Object.fromEntries(Object.entries(options.headers ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), String(value).trim()]])));
  if (options.auth) headers['authorization'] = `Basic ${Buffer.from(String(options.auth)).toString('base64')}`;
  const { ca, cert, key, rejectUnauthorized, servername } = options as RequestOptions & { ca?: Buffer; cert?: Buffer; key?: Buffer };
  if (plugin !== null && headers['authorization'] === undefined && cert === undefined) {
    throw new RescueError('refused-login', `The login plugin ${named(plugin)} of context ${oneLine(opened.context)} gives neither a token nor a certificate.`, [...clusterInfo(plugin), 'Log in with the tool that the plugin belongs to, then try: kubectl auth whoami']);
  }
  const file: unknown = user?.authProvider?.config?.tokenFile;
  if (typeof file === 'string' && (headers['authorization'] ?? 'Bearer') === 'Bearer') throw new RescueError('kubeconfig', `The token file ${oneLine(file)} of context ${oneLine(opened.context)} is empty.`, ['Have it written anew, or use another context with --context.']);
  return {
    headers,
    tls: { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}), ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }), ...(servername === undefined ? {} : { servername }) },
    expires: expiryOf(headers['authorization'], cert),
  };
}

interface Plugin {
  readonly command: string;
  readonly provideClusterInfo?: boolean;
  readonly installHint?: string;
}

/** The library gives none (KUBERNETES_EXEC_INFO stays empty). */
const clusterInfo = ({ provideClusterInfo }: Plugin): readonly string[] =>
  provideClusterInfo === true ? ['The kubeconfig asks for provideClusterInfo, which realm-rescue cannot give to a plugin: use a context with a token, such as "kubectl create token".'] : [];

const named = (plugin: Plugin): string => `"${oneLine(plugin.command)}"`;

/** The library knows neither the plugin's hint nor its cluster information; both are said here (verified-kube.md 3.5). */
function pluginFailure(error: unknown, { context, config }: OpenedConfig, plugin: Plugin | null): RescueError {
  const said = error instanceof Error ? error.message.trim() : '';
  const clean = oneLine((said.split('\n').findLast((line) => line.trim() !== '') ?? '').trim()).replace(/\.$/, '');
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (plugin === null) {
    const file = config.getCurrentUser()?.certFile;
    return new RescueError('kubeconfig', `The login of context ${oneLine(context)} cannot be prepared${clean === '' ? '' : `: ${clean}`}.`, [file ? `Check ${file} and its key.` : 'Correct the kubeconfig, or name another context with --context.'], { cause: error });
  }
  const hint = typeof plugin.installHint === 'string' && plugin.installHint.trim() !== '' ? [oneLine(plugin.installHint.trim().split('\n')[0] ?? '')] : [];
  const info = clusterInfo(plugin);
  if (code === 'ENOENT') return new RescueError('refused-login', `The login plugin ${named(plugin)} of context ${oneLine(context)} is not installed or not in PATH.`, [...hint, 'Install it, or use another context with --context.'], { cause: error });
  // Junk, and JSON that is no credential.
  if (error instanceof SyntaxError || error instanceof TypeError) return new RescueError('refused-login', `The login plugin ${named(plugin)} of context ${oneLine(context)} answers with something that is no credential.`, [...info, 'Run it by hand to see what it says.'], { cause: error });
  return new RescueError('refused-login', `The login plugin ${named(plugin)} of context ${oneLine(context)} fails${clean === '' ? '' : `: ${clean}`}.`, [...info, 'Log in with the tool that the plugin belongs to, then try: kubectl auth whoami'], { cause: error });
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
