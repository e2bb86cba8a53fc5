import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { RescueError } from '../realm/errors.ts';
import { isLoopback } from './address.ts';

/** Four requests in flight while users log in (baselines.md 4.2); a few spare for proofs. */
const CONNECTIONS = 8;
const CONNECT_MILLISECONDS = 10_000;

/**
 * The connections to one server. Proxies come from the environment, except for a server on this machine: a proxy
 * would look for it on its own machine. Explicit, never undici's global dispatcher: Node's own fetch shares that one
 * (terminal.md 2.1).
 * @param silence milliseconds without a byte after which a request counts as lost
 * @throws RescueError `tls` when the file of authorities cannot be read, `usage` when the environment names a proxy that is none
 */
export function openNetwork(base: string, caFile: string | undefined, silence: number): Dispatcher {
  const ca = caFile === undefined ? undefined : [...getCACertificates('default'), readAuthorities(caFile)];
  const connect = { timeout: CONNECT_MILLISECONDS, ...(ca ? { ca } : {}) };
  const options = { connections: CONNECTIONS, headersTimeout: silence, bodyTimeout: silence, connect };
  if (isLoopback(base)) return new Agent(options);
  try {
    return new EnvHttpProxyAgent({ ...options, ...(ca ? { requestTls: { ca }, proxyTls: { ca } } : {}) });
  } catch (error) {
    // Its address may hold a password, so it is not quoted.
    throw new RescueError('usage', 'The proxy that the environment names has an address that is none.', ['Correct HTTPS_PROXY and HTTP_PROXY, such as http://proxy.example.com:3128, or name this server in NO_PROXY.'], { cause: error });
  }
}

function readAuthorities(file: string): string {
  const next = ['Name a PEM file with --ca-file: one or more blocks that begin with BEGIN CERTIFICATE.'];
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new RescueError('tls', `The file of certificate authorities ${file} cannot be read.`, next, { cause: error });
  }
  if (!pem.includes('BEGIN CERTIFICATE')) throw new RescueError('tls', `The file of certificate authorities ${file} holds no certificate.`, next);
  return pem;
}
