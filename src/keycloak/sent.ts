import type { Json } from '../realm/json.ts';
import { redact } from '../realm/redact.ts';
import type { Call } from './http.ts';
import { isObject } from './text.ts';

/** Fields of a form that say who asks and for what; everything else in it is a secret or a token. */
const OPEN_FIELDS = new Set(['grant_type', 'client_id', 'username', 'scope', 'audience']);

/** What a request carried as its login. */
export function loginOf({ authorization, form = {} }: Pick<Call, 'authorization' | 'form'>): readonly string[] {
  const [, credentials = ''] = authorization?.split(' ') ?? [];
  return [credentials, ...Object.entries(form).flatMap(([field, value]) => (OPEN_FIELDS.has(field) ? [] : [value]))];
}

/** An answer without what the request carried. Servers and proxies quote it: in error_description, in the page of an error. Before it is cut to a length. */
export function withoutSent(answer: Json, secrets: readonly string[]): Json {
  if (typeof answer === 'string') return redact(answer, secrets);
  if (Array.isArray(answer)) return answer.map((entry: Json) => withoutSent(entry, secrets));
  return isObject(answer) ? Object.fromEntries(Object.entries(answer).map(([key, entry]) => [key, withoutSent(entry, secrets)])) : answer;
}
