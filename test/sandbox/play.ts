import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import type { Call } from './calls/call.ts';
import { normalise } from './normalise.ts';

export interface Target {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface Played {
  readonly call: Call;
  /** `GET /clients/{auth}`: how a failing comparison names the call. */
  readonly title: string;
  readonly status: number;
  readonly body: Json;
}

/** Plays the calls one after the other, in a realm of its own name, and takes ids, times and tokens out of the answers. */
export async function play(target: Target, realm: string, calls: readonly Call[]): Promise<Played[]> {
  const variables = new Map<string, string>([['realm', realm], ['garbage', 'garbage']]);
  for (let n = 1; n <= 9; n += 1) variables.set(`uuid${n}`, randomUUID());
  const played: Played[] = [];
  for (const call of calls) {
    if ((call.as ?? 'admin') === 'admin') variables.set('admin', await adminToken(target));
    const answer = await send(target, call, variables);
    for (const [name, from] of Object.entries(call.save ?? {})) variables.set(name, pick(answer, fill(from, variables)));
    const names = new Map([...variables].filter(([name, value]) => name !== 'realm' && value.length > 8).map(([name, value]) => [value, name]));
    played.push({ call, title: `${call.method} ${call.path}${call.as === undefined ? '' : ` as ${call.as}`}`, status: answer.status, body: normalise(answer.body, { url: target.url, realm, names }) });
  }
  return played;
}

interface Received {
  readonly status: number;
  readonly body: Json;
  readonly location: string | null;
}

async function send(target: Target, call: Call, variables: ReadonlyMap<string, string>): Promise<Received> {
  const path = fill(call.path, variables);
  const realm = variables.get('realm') ?? '';
  const url = target.url + (path.startsWith('^') ? path.slice(1) : path.startsWith('@') ? `/realms/${realm}${path.slice(1)}` : `/admin/realms/${realm}${path}`);
  const headers: Record<string, string> = {};
  const token = call.form === undefined ? (call.as ?? 'admin') : (call.as ?? 'none');
  if (token !== 'none') headers['authorization'] = `Bearer ${variables.get(token) ?? ''}`;
  const init: RequestInit = { method: call.method, headers };
  if (call.form !== undefined) init.body = new URLSearchParams(Object.entries(call.form).map(([name, value]) => [name, fill(value, variables)]));
  if (call.body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = fill(JSON.stringify(call.body), variables);
  }
  const response = await fetch(url, init);
  return { status: response.status, body: parse(await response.text()), location: response.headers.get('location') };
}

async function adminToken(target: Target): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: target.username, password: target.password });
  const response = await fetch(`${target.url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}

function parse(text: string): Json {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

const fill = (template: string, variables: ReadonlyMap<string, string>): string => template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => variables.get(name) ?? whole);

/** `location`: last part of that header; else a dotted path into the body, `[name=x]` picks from a list. */
function pick(answer: Received, from: string): string {
  if (from === 'location') return answer.location?.split('/').at(-1) ?? 'missing';
  let value: Json | undefined = answer.body;
  for (const part of from.split(/\.(?![^[]*\])/)) {
    const match = /^\[(.+)=(.+)\]$/.exec(part);
    if (match && Array.isArray(value)) value = (value as readonly JsonObject[]).find((row) => row[match[1] ?? ''] === match[2]);
    else value = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject)[part] : undefined;
  }
  return typeof value === 'string' ? value : 'missing';
}
