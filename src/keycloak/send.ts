/** The only functions that change the realm. Each request is sent once; see http.ts for what a lost answer means. */
import { RescueError } from '../realm/errors.ts';
import { objectId, partOf } from '../realm/keys.ts';
import type { Look, ObjectId, Picked, RequestTemplate } from '../realm/model.ts';
import type { Answer, References } from '../runner/ports.ts';
import type { Api } from './api.ts';
import { serviceAccountOf } from './capture/accounts.ts';
import { clientsCalled } from './capture/clients.ts';
import { describePath, fillBody, fillPath, serviceAccountsIn, type Answers } from './fill.ts';
import { refuseDangerous } from './guard.ts';
import type { Reply } from './http.ts';
import { withoutSent } from './sent.ts';
import { serverWords } from './text.ts';

/**
 * Fills in the references and sends one write once.
 * @throws RescueError `missing-role`, `write-failed` (the server said no; with its `status` in the details where it refuses, and so nothing changed), `no-answer` (it may have
 *   happened), `unreachable` (nothing was sent), `evidence-masked` (a masked secret stands in the body)
 */
export async function sendWrite(api: Api, request: RequestTemplate, references: References): Promise<Answer> {
  const filledIn = new Set<string>();
  const answers = await complete(api, request, { ...references, secret: (...asked) => noted(references.secret(...asked), filledIn) });
  const path = fillPath(request.path, answers);
  const body = request.body === undefined ? undefined : fillBody(request.body, answers);
  await refuseDangerous(api, request.method, path, body);
  const reply = await api.send(request.method, path, body, request.query);
  if (reply.status >= 400) throw rejected(reply, `${request.method} ${describeRequest(api, request, references)}`, [...filledIn]);
  return reply;
}

function noted(secret: string | undefined, into: Set<string>): string | undefined {
  if (secret !== undefined) into.add(secret);
  return secret;
}

/** `/admin/realms/primary/clients/7d0e…/protocol-mappers/models`: the path as it is sent, fit for a screen. */
export function describeRequest(api: Api, request: RequestTemplate, references: References): string {
  return api.path([]) + describePath(request.path, references).map((part) => `/${part}`).join('');
}

/** Reads one object, with repetition; null when it, or something that it lies in, is not there. */
export async function lookAt(api: Api, look: Look, references: References): Promise<Picked | null> {
  const answers = await complete(api, look.request, references);
  const called = clientCalled(look.request);
  if (called !== undefined) return look.pick(await clientsCalled(api, called, references.id(objectId('client', called))), []);
  let path: string[];
  try {
    path = fillPath(look.request.path, answers);
  } catch (error) {
    if (error instanceof RescueError && error.code === 'write-failed') return look.pick(null, []);
    throw error;
  }
  return look.pick(await api.read(path, look.request.query), []);
}

/** The name in a search for one client. */
function clientCalled({ path: [part, ...below], query }: RequestTemplate): string | undefined {
  return part === 'clients' && below.length === 0 ? query?.['clientId'] : undefined;
}

/** After an import under a running node: makes it see the database. No session ends (verified-keycloak.md, top ten 1). */
export async function clearRealmCaches(api: Api): Promise<void> {
  for (const cache of ['clear-realm-cache', 'clear-user-cache']) {
    const reply = await api.send('POST', [cache]);
    if (reply.status >= 400) throw rejected(reply, `POST ${api.path([cache])}`);
  }
}

async function complete(api: Api, request: RequestTemplate, references: References): Promise<Answers> {
  const accounts = new Map<ObjectId, string>();
  for (const owner of serviceAccountsIn(request)) {
    const user = await serviceAccountOf(api, partOf(owner, 0));
    if (user) accounts.set(owner, user.id);
  }
  return {
    id: (object) => references.id(object),
    role: (object) => references.role(object),
    secret: (object, field, from) => references.secret(object, field, from),
    serviceAccount: (object) => accounts.get(object),
  };
}

/** An id is given once only, and what has it may have got another name since the plan was made. */
const CONFLICT = 'Start another run, which compares anew: somebody may have changed the realm meanwhile, or renamed what has this id.';

/** @param secrets  those that the body had: a server may quote what it does not take */
function rejected(reply: Reply, what: string, secrets: readonly string[] = []): RescueError {
  const words = serverWords(withoutSent(reply.body, secrets));
  const said = words && `: ${words}`;
  if (reply.status === 403) return new RescueError('missing-role', `These credentials may not do ${what}${said}. Nothing was changed.`, ['Run realm-rescue doctor to see which role of realm-management is missing.']);
  if (reply.status >= 500) return new RescueError('write-failed', `The server answers ${what} with ${reply.status}${said}.`, ['Look into the log of the server, then resume this run: it looks at the object before it goes on.']);
  return new RescueError('write-failed', `The server refuses ${what} with ${reply.status}${said}. Nothing was changed.`, [reply.status === 409 ? CONFLICT : 'Compare again: somebody may have changed the realm meanwhile.'], { details: { status: reply.status } });
}
