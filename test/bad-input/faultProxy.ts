import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { opened, whole } from '../harness/between.ts';

/** A request on its way to the server. */
export interface Passing {
  readonly method: string;
  readonly path: string;
  /** Whether it is one to the admin API; else it is a login, a logout or the like. */
  readonly admin: boolean;
  /** Whether it would change the realm. */
  readonly write: boolean;
  /** How many requests of its sort (reads, writes, or those that are none of the admin API) came so far, this one included. */
  readonly nth: number;
  /** How many writes came so far, this one included. */
  readonly writes: number;
}

/**
 * What goes wrong with it.
 * `answer`: this is said instead of the server's own words; with `applied` the server has done it all the same.
 * `hang-up`: the connection is cut, before or (`applied`) after the server has done it.
 * `half`: the server has done it, and of its answer only the first half arrives.
 * `slow`: the server's answer comes in pieces, `pause` milliseconds apart.
 * `silence`: it never arrives, and nothing is said.
 * `meanwhile`: something else happens first, and then the request passes.
 */
export type Fault =
  | { readonly kind: 'answer'; readonly status: number; readonly body?: string; readonly headers?: OutgoingHttpHeaders; readonly applied?: boolean }
  | { readonly kind: 'hang-up'; readonly applied?: boolean }
  | { readonly kind: 'half' }
  | { readonly kind: 'slow'; readonly pieces: number; readonly pause: number }
  | { readonly kind: 'silence' }
  | { readonly kind: 'meanwhile'; readonly act: () => Promise<void> };

export interface FaultProxy {
  readonly url: string;
  /** `METHOD path body` of every write that the server has looked at, in order: 401 comes before that. */
  readonly applied: readonly string[];
  /** The same of every write that came from the tool, whatever became of it. */
  readonly asked: readonly string[];
  /** Decides over each request from now on; the counts start anew. Without an argument everything passes. */
  break(decide?: (passing: Passing) => Fault | undefined): void;
  /** Rejects with what went wrong in a `meanwhile`. */
  close(): Promise<void>;
}

/** POSTs that change nothing in the realm: a preview of an export, the question whether a provider may be imported, and the caches of a node. */
const HARMLESS = /\/(?:partial-export|import-config|clear-(?:realm|user)-cache)(?:\?|$)/;

/** Stands between the tool and a server and goes wrong on purpose. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const origin = new URL(target);
  const applied: string[] = [];
  const asked: string[] = [];
  const failures: unknown[] = [];
  let decide: (passing: Passing) => Fault | undefined = () => undefined;
  const count = { reads: 0, writes: 0, others: 0 };

  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url: path = '/' } = incoming;
    const body = await whole(incoming);
    const admin = path.startsWith('/admin/');
    const write = method !== 'GET' && admin && !HARMLESS.test(path);
    const line = `${method} ${path} ${body.toString('utf8')}`;
    if (write) asked.push(line);
    const nth = (count[write ? 'writes' : admin ? 'reads' : 'others'] += 1);
    const fault = decide({ method, path, admin, write, nth, writes: count.writes });
    if (isInstead(fault) && !fault.applied) return spoil(fault, outgoing);
    if (fault?.kind === 'silence') return;
    if (fault?.kind === 'meanwhile' && !(await fault.act().then(() => true, (error: unknown) => void failures.push(error)))) return void outgoing.destroy();
    const upstream = request({ host: origin.hostname, port: origin.port, method, path, headers: { ...incoming.headers, connection: 'close' } }, async (answer) => {
      const text = await whole(answer);
      if (write && answer.statusCode !== 401) applied.push(line);
      if (isInstead(fault)) return spoil(fault, outgoing);
      if (fault?.kind === 'half') return half(outgoing, answer, text);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      if (fault?.kind === 'slow') await slowly(outgoing, text, fault);
      else outgoing.end(text);
    });
    upstream.on('error', () => outgoing.destroy());
    upstream.end(body);
  });
  const { url, close } = await opened(server);
  return {
    url,
    applied,
    asked,
    break: (rule = () => undefined) => {
      decide = rule;
      Object.assign(count, { reads: 0, writes: 0, others: 0 });
    },
    close: async () => {
      await close();
      if (failures.length > 0) throw failures[0];
    },
  };
}

type Instead = Extract<Fault, { kind: 'answer' | 'hang-up' }>;

function isInstead(fault: Fault | undefined): fault is Instead {
  return fault?.kind === 'answer' || fault?.kind === 'hang-up';
}

/** An answer without a body has no half: its connection is cut. */
function half(outgoing: ServerResponse, answer: IncomingMessage, text: Buffer): void {
  if (text.length === 0) return void outgoing.destroy();
  const { 'transfer-encoding': _, ...headers } = answer.headers;
  outgoing.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': text.length });
  outgoing.write(text.subarray(0, Math.ceil(text.length / 2)), () => outgoing.destroy());
}

function spoil(fault: Instead, outgoing: ServerResponse): void {
  if (fault.kind === 'hang-up') return void outgoing.destroy();
  outgoing.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
  outgoing.end(fault.body ?? JSON.stringify({ error: 'unknown_error' }));
}

async function slowly(outgoing: ServerResponse, text: Buffer, { pieces, pause }: Extract<Fault, { kind: 'slow' }>): Promise<void> {
  const size = Math.max(1, Math.ceil(text.length / pieces));
  for (let start = 0; start < text.length; start += size) {
    outgoing.write(text.subarray(start, start + size));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  outgoing.end();
}
