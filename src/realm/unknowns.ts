/**
 * Values that a source does not really know: masked secrets and placeholders that only a deployment fills in.
 * In normal form they stand as `{"$unknown": why}`; comparing with one never says "changed".
 */
import type { Json } from './json.ts';
import { sha256 } from './canonical.ts';

/** What Keycloak answers in place of a secret. Sent back it would *become* the secret. */
export const MASK = '**********';

/** Placeholders that Keycloak itself stores and resolves later; they are plain text to us. */
const KEYCLOAKS_OWN = /^\$\{(client_[\w-]*|role_[\w.-]*|authBaseUrl|authAdminUrl|\w+ScopeConsentText|vault\.[^}]*|client_id|CLAIM\.[^}]*|ATTRIBUTE\.[^}]*|ALIAS|UUID|NAMEID|RANDOM)(\s*\|[^}]*)?\}$/;
/** `$${X}` is `${X}` to whoever fills in before (Flux, Terraform); `###X###` and `#{X}#` are tokens that a pipeline replaces. */
const PLACEHOLDER = /\$?\$\{[^}]+\}|\$\([^)]+\)|###[\w.-]+###|#\{[^}]+\}#?/g;

export function unknown(why: string): Json {
  return { $unknown: why };
}

export function isUnknown(value: unknown): boolean {
  return value !== null && typeof value === 'object' && '$unknown' in value;
}

/** The placeholders in a text that the server would not resolve by itself: `${ENV}`, `${ENV:default}`, `$(env:X)`, `$${ENV}`, `###X###`, `#{X}#`. */
export function placeholdersIn(text: string): readonly string[] {
  return (text.match(PLACEHOLDER) ?? []).filter((found) => !KEYCLOAKS_OWN.test(found));
}

/** All placeholders and masks anywhere in a representation, in the order of their appearance. */
export function unresolvedIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === MASK ? [MASK] : placeholdersIn(value);
  if (value !== null && typeof value === 'object') return Object.values(value).flatMap(unresolvedIn);
  return [];
}

/** Whether a live text could be what a text with placeholders becomes. */
export function couldBecome(template: string, live: string): boolean {
  const found = placeholdersIn(template);
  if (found.length === 0) return template === live;
  const pieces: string[] = [];
  let rest = template;
  for (const placeholder of found) {
    const at = rest.indexOf(placeholder);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at + placeholder.length);
  }
  const first = pieces.shift() ?? '';
  if (!live.startsWith(first) || !live.endsWith(rest) || live.length < first.length + rest.length) return false;
  let at = first.length;
  for (const piece of pieces) {
    const next = live.indexOf(piece, at);
    if (next < 0) return false;
    at = next + piece.length;
  }
  return at <= live.length - rest.length;
}

/**
 * Whether the placeholders of a list stand for a member that is live: those that could become it, where no other live member that the list
 * does not spell out needs them. Of two that one placeholder could be, which is which is not known, so neither counts as stood for.
 */
export function isStoodFor(list: readonly unknown[], live: readonly unknown[], member: string): boolean {
  const templates = list.filter((text): text is string => typeof text === 'string' && placeholdersIn(text).length > 0 && couldBecome(text, member));
  const open = live.filter((text): text is string => typeof text === 'string' && !list.includes(text) && templates.some((template) => couldBecome(template, text)));
  return templates.length > 0 && open.length <= templates.length;
}

/** Twelve hex digits are enough to tell two secrets apart and too few to try one out with confidence. */
export function secretFingerprint(secret: string): Json {
  if (secret === MASK) return unknown('masked');
  const [placeholder] = placeholdersIn(secret);
  return placeholder === undefined ? sha256(secret).slice(0, 'sha256:'.length + 12) : unknown(placeholder);
}

/** Whether a value in normal form stands for a secret. */
export function isFingerprint(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{12}$/.test(value);
}

/** A reference to the vault, which is no secret, and which the server shows as it is (tried on 26.7.4). */
export function isVaultReference(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{vault\.[^}]*\}$/.test(value);
}

/** Names of secrets that are one word: client secret of an identity provider, bind credential of an LDAP, passwords of key stores. */
const ONE_WORD = /^(clientSecret|bindCredential|authTokenClientSecret|keyPassword|keystorePassword|truststorePassword)$/i;

/** What a secret is called at the end of a name: `dbPassword`, `webhookSecret`, `api_key`, `bot.token`. */
const AT_THE_END = /(?:^| )(?:secret|password|passwd|pwd|passphrase|passcode|apikey|(?:private|signing|api|secret|shared) key|(?:api|auth|bearer|bot) token)$/;
/** The same of names in parts, wherever it stands in them. */
const IN_PARTS = /(^|[._-])(secret|password|private\.key|privatekey|signing\.key)($|[._-])/i;

/** A realm of 2,000 clients asks 100,000 times about some 50 names. */
const known = new Map<string, boolean>();
const MOST_KNOWN = 5_000;

/** Keys of attribute and config maps whose values are secrets. Creation and expiration times are not. */
export function isSecretKey(key: string): boolean {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const secret = namesSecret(key);
  known.set(key, secret);
  return secret;
}

function namesSecret(key: string): boolean {
  if (ONE_WORD.test(key)) return true;
  return (IN_PARTS.test(key) || AT_THE_END.test(wordsOf(key))) && !/time|expir|creation|rotation/i.test(key);
}

/** `api.key`, `api_key` and `apiKey` as `api key`. */
function wordsOf(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[\s._:/-]+/g, ' ').trim().toLowerCase();
}

/** A value of a provider's configuration in which secrets may stand at any depth, known by their names: each of them as its fingerprint. */
export function withFingerprints(value: Json, key = ''): Json {
  if (typeof value === 'string') return value !== '' && isSecretKey(key) ? configValue(key, value) : value;
  if (Array.isArray(value)) return value.map((item: Json) => withFingerprints(item, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withFingerprints(item, name)]));
}

/**
 * One value of a provider's config in normal form.
 *
 * @param secret  whether it is a secret; by its name where that is left out
 */
export function configValue(key: string, value: unknown, secret = isSecretKey(key)): Json {
  return isVaultReference(value) ? (value as string) : mapValue(key, value, secret);
}

/** One value of a config or attribute map in normal form. */
export function mapValue(key: string, value: unknown, secret = isSecretKey(key)): Json {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return secret || text === MASK ? secretFingerprint(text) : text;
}
