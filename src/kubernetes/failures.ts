/** What the API server says, as one clear sentence with the next step. Texts as verified-kube.md 3.2 to 3.5 saw them. */
import { RescueError } from '../realm/errors.ts';
import type { Json } from '../realm/json.ts';
import { reached } from '../keycloak/failures.ts';
import { oneLine } from '../keycloak/text.ts';
import { textAt } from '../gitops/controllers/object.ts';

export interface Answered {
  readonly status: number;
  /** The Status object; null for a body that is no JSON. */
  readonly body: Json;
}

/** What was asked, for the sentence. */
export interface Asked {
  readonly server: string;
  readonly context: string;
  /** `reading ConfigMap iam/keycloak-realm`: a noun phrase. */
  readonly what: string;
  readonly writes: boolean;
  /** When the login that was sent ends: milliseconds since the epoch. */
  readonly expires: number | null;
  readonly now: number;
}

/** `get`, `configmaps`, ``, `iam`: the rule that an RBAC refusal asks for. */
export interface MissingRule {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly group: string;
  /** null: at the cluster scope. */
  readonly namespace: string | null;
}

/** Reads `User "oncall" cannot get resource "configmaps" in API group "" in the namespace "iam"`; null for other words. */
export function missingRule(message: string): MissingRule | null {
  const found = /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)"(?: in the namespace "([^"]*)"| at the cluster scope)?/.exec(message);
  if (!found) return null;
  const [, user = '', verb = '', resource = '', group = '', namespace] = found;
  return { user, verb, resource, group, namespace: namespace ?? null };
}

/** Words of the store behind the API server, which may have written all the same. */
const STORE = /etcdserver: (?:request timed out|leader changed)/;

/** What the server answered, as an error; never its headers, and of a long text only the end that says why. */
export function refusal({ status, body }: Answered, asked: Asked): RescueError {
  const { context, what } = asked;
  const message = messageOf(body);
  if (status === 401) return unauthorized(asked);
  if (status === 403) return forbidden(textAt(body, 'message') ?? '', message, asked);
  if (status === 404) return new RescueError('object-not-found', `The cluster has nothing there when ${what}${message === '' ? '' : `: ${message}`}.`, ['Check the name, the namespace and --context.']);
  if (status === 409) return new RescueError('changed-meanwhile', `Somebody changed the object at the same moment when ${what}; nothing was written over it.`, ['Try again: it is read anew first.']);
  if (status === 410) return new RescueError('server-error', `The API server no longer remembers that moment when ${what}.`, []);
  if (asked.writes && (status === 504 || (status >= 500 && (body === null || STORE.test(message))))) return new RescueError('no-answer', `Something between here and ${asked.server} answered ${status} when ${what}; it may or may not have happened.`, ['Start the same command again: it looks before it writes.']);
  const words = message === '' ? `status ${status}` : message;
  return new RescueError(asked.writes ? 'write-failed' : 'server-error', `The API server of context ${oneLine(context)} refuses ${what}: ${words}.`, status === 429 || status >= 500 ? ['Try again in a moment.'] : []);
}

/** No code tells what is wrong with a login: the body of a 401 is empty, so the login itself is looked at. */
function unauthorized({ context, expires, now }: Asked): RescueError {
  const since = expires !== null && expires <= now ? `, it ended at ${new Date(expires).toISOString().replace(/\.\d+Z$/, 'Z')}` : '';
  return new RescueError('refused-login', `The API server does not take the login of context ${oneLine(context)}${since}.`, ['Log in to the cluster again, then try: kubectl auth whoami']);
}

/** @param raw  the whole text: names of users and namespaces are long */
function forbidden(raw: string, message: string, { context, what }: Asked): RescueError {
  if (message.includes('system:anonymous')) {
    return new RescueError('refused-login', `No login was sent to the API server: it takes us for system:anonymous when ${what}.`, [`Check the user of context ${oneLine(context)} in the kubeconfig.`]);
  }
  const rule = missingRule(raw);
  // Since 1.36 the verb may name what is done as somebody else: impersonate-on:user-info:get. Nothing at all is answered then.
  if (rule && /^impersonate\b/.test(rule.verb)) {
    return new RescueError('refused-login', `${oneLine(rule.user)} may not act as whom the user of context ${oneLine(context)} names in the kubeconfig (as, as-groups, as-uid, as-user-extra): ${oneLine(rule.verb)} ${oneLine(rule.resource)} is refused.`, ['Take it out of the kubeconfig, or have the right to impersonate granted: kubectl auth whoami tells when it works.']);
  }
  if (rule) {
    const where = rule.namespace === null ? 'at the cluster scope' : `in namespace ${rule.namespace}`;
    return new RescueError('missing-role', `${oneLine(rule.user)} may not ${rule.verb} ${rule.resource}${rule.group === '' ? '' : `.${rule.group}`} ${where}, which ${what} takes.`, [grantText([rule])]);
  }
  // An admission rule refuses with the same code and reason (verified-kube.md 3.4).
  return new RescueError('write-failed', `The cluster refuses ${what}: ${message === '' ? 'forbidden' : message}.`, message.includes("ValidatingAdmissionPolicy '") || message.includes('admission webhook') ? ['A rule of the cluster says so; ask who runs it.'] : []);
}

/** A sentence that names the rule to add; the whole Role is printed where all rules are known (rights.ts). */
export function grantText(rules: readonly Omit<MissingRule, 'user'>[]): string {
  return `Have added to a Role${rules[0]?.namespace ? ` in namespace ${rules[0].namespace}` : ''}: ${rules.map(({ group, resource, verb }) => `apiGroups ["${group}"], resources ["${resource}"], verbs ["${verb}"]`).join('; ')}.`;
}

/** `spec.syncPolicy.automated.enabled` out of a refusal of fieldValidation=Strict, which dumps the whole object before it; null for other refusals. */
export function unknownField(body: Json): string | null {
  const message = textAt(body, 'message') ?? '';
  const end = message.lastIndexOf('strict decoding error:');
  return end === -1 ? null : (/unknown field "([^"]+)"/.exec(message.slice(end))?.[1] ?? null);
}

/** The words of a Status. A refused patch quotes the whole object, secrets and all: only what follows its last colon-separated reason is fit to be shown. */
function messageOf(body: Json): string {
  const message = textAt(body, 'message') ?? '';
  // A field has a quoted name; a value that stands there as well is somebody's.
  const strict = /strict decoding error: ((?:unknown|duplicate) field "[^"]*")/.exec(message.slice(Math.max(0, message.lastIndexOf('strict decoding error:'))));
  if (strict) return `strict decoding error: ${oneLine(strict[1] ?? '')}`;
  if (message.includes('strict decoding error:')) return 'strict decoding error';
  return oneLine((message.split('\n')[0] ?? '').replaceAll(/Invalid value: (?:"(?:[^"\\]|\\.)*"|\S+)/g, 'Invalid value')).replace(/\.$/, '');
}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/;

/** No answer at all. */
export function connectionLost(error: unknown, asked: Asked): RescueError {
  const how = reached(error);
  const code = causeCode(error);
  const because = code === '' ? '' : ` (${oneLine(code)})`;
  if (how === 'tls') {
    const untrusted = UNTRUSTED.test(code);
    return new RescueError('tls', untrusted ? `The certificate of the API server ${asked.server} is not trusted${because}.` : `No TLS connection to the API server ${asked.server} can be made${because}.`, [untrusted ? `Check certificate-authority of the cluster of context ${oneLine(asked.context)} in the kubeconfig.` : 'Check the address of the cluster in the kubeconfig.'], { cause: error });
  }
  if (how === 'no') return new RescueError('unreachable', `No connection to the API server ${asked.server}${because}; nothing was sent.`, ['Check the context, the VPN and proxies (HTTPS_PROXY, proxy-url).'], { cause: error });
  if (asked.writes) return new RescueError('no-answer', `The connection to the API server ${asked.server} was lost after a write had been sent${because}; it may or may not have happened.`, ['Start the same command again: it looks before it writes.'], { cause: error });
  return new RescueError('unreachable', `The connection to the API server ${asked.server} was lost while reading${because}.`, ['Nothing was written. Try again.'], { cause: error });
}

function causeCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const inner = error instanceof AggregateError ? causeCode(error.errors[0]) : causeCode(error.cause);
  const { code } = error as { readonly code?: unknown };
  return inner !== '' ? inner : typeof code === 'string' ? code : '';
}
