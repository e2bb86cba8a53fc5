import { RescueError } from '../realm/errors.ts';
import { oneLine } from './text.ts';

/** Whether the request can have reached the server when the connection failed. */
export type Reached = 'no' | 'tls' | 'maybe';

/** undici's own words for a connection that was never there. */
const NEVER_CONNECTED = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_PRX_TLS']);
/** What Node was doing when the operating system said no; ETIMEDOUT and EHOSTUNREACH can come while reading as well. */
const BEFORE_SENDING = new Set(['connect', 'getaddrinfo']);

/** No such host, or nobody who would know: a DNS that is gone gives the second one. */
const NO_NAME = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/** Names of OpenSSL's verification errors as Node gives them in `error.code`: they end the handshake, before anything is sent. */
const UNTRUSTED = /^(?:ERR_TLS_CERT_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)_|CRL_|INVALID_CA|HOSTNAME_MISMATCH)/;
/** No common TLS, or no TLS at all on that port. */
const NO_TLS = /^(?:ERR_SSL_|EPROTO$)/;

/**
 * How far a request got. Only what is certain to have happened before sending counts as not sent: a reset or a
 * silence may have come after the server had already acted.
 */
export function reached(error: unknown): Reached {
  const causes = causesOf(error);
  if (causes.some(({ code }) => UNTRUSTED.test(code) || NO_TLS.test(code))) return 'tls';
  // A host with several addresses fails with all of them; one address that got further decides.
  if (causes.length > 0 && causes.every(({ code, syscall }) => NEVER_CONNECTED.has(code) || BEFORE_SENDING.has(syscall))) return 'no';
  return 'maybe';
}

/** The error that a person sees when there was no answer. `wrote` says that the request would have changed something. */
export function connectionFailure(error: unknown, base: string, wrote: boolean): RescueError {
  const how = reached(error);
  const detail = causesOf(error)[0]?.code ?? '';
  const because = detail && ` (${NO_NAME.has(detail) ? `the name ${new URL(base).hostname} cannot be resolved, ` : ''}${oneLine(detail)})`;
  if (how === 'tls' && NO_TLS.test(detail) && !wrote) {
    return new RescueError('tls', `No TLS connection to ${base} can be made${because}.`, ['Check that the port speaks https; give an address that begins with http: when it does not.'], { cause: error });
  }
  if (how === 'tls' && UNTRUSTED.test(detail)) {
    return new RescueError('tls', `The TLS certificate of ${base} is not trusted${because}.`, ['Name the authority that signed it with --ca-file FILE.', 'Check that the address is the one that the certificate was made for.'], { cause: error });
  }
  if (how === 'no') {
    return new RescueError('unreachable', `No connection to ${base}${because}; nothing was sent.`, ['Check the address, the port and whether a proxy (HTTPS_PROXY) stands in between.'], { cause: error });
  }
  if (wrote) {
    return new RescueError('no-answer', `The connection to ${base} was lost after a write had been sent${because}; it may or may not have happened.`, ['Resume this run: it looks at the object first and never sends the write again unseen.'], { cause: error });
  }
  return new RescueError('unreachable', `The connection to ${base} was lost while reading${because}.`, ['Nothing was written. Try again.'], { cause: error });
}

interface Cause {
  readonly code: string;
  readonly syscall: string;
}

function causesOf(error: unknown): Cause[] {
  if (!(error instanceof Error)) return [];
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(causesOf);
  // undici wraps what the socket said; the cause is the more precise of the two.
  const inner = error.cause === undefined ? [] : causesOf(error.cause);
  if (inner.length > 0) return inner;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return typeof code === 'string' ? [{ code, syscall: typeof syscall === 'string' ? syscall : '' }] : [];
}
