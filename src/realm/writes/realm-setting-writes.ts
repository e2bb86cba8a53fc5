/** The write for settings of the realm: all that were chosen go out in one PUT of the realm. */
import { own, type Json, type JsonObject } from '../json.ts';
import { objectId, parseId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Difference, RealmState, Template } from '../model.ts';
import { ATTRIBUTE_DEFAULTS, elementsOf, isBlind, OPTIONAL, policyOf, REALM_MAPS, REALM_SETS, SMTP_SECRETS } from '../normal/realm-settings.ts';
import { isSecretKey, isUnknown, MASK } from '../unknowns.ts';
import { isAtLeast, isOlderThan } from '../version.ts';
import { firstPlaceholder, refusePlaceholder } from './body.ts';

/** One chosen setting and what it shall be; null where it goes. */
interface Wish {
  readonly difference: Difference;
  readonly field: string;
  readonly key: string | undefined;
  readonly value: Json;
}

const wishesIn = (context: PlanContext): readonly Wish[] => [...context.chosen.values()].filter(({ kind }) => kind === 'realm-setting').map((difference) => {
  const [field = '', key] = parseId(difference.id).parts;
  return { difference, field, key, value: context.wanted(difference) ?? null };
});

/**
 * The draft stands with the first chosen setting and covers all. Mail settings whose password nobody could put back go in a PUT of
 * their own, so that the others can still be taken back.
 */
export function restoreRealmSetting(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const wishes = wishesIn(context);
  const mine = wishes.find((wish) => wish.difference.id === difference.id);
  if (mine === undefined) return [];
  const why = refusal(mine, wishes, context);
  if (why !== null) return why;
  const forGood = wishes.some((wish) => wish.field === 'smtpServer' && wish.value === null && isMaskedLive(context, wish.key));
  const parts = forGood ? [wishes.filter(({ field }) => field !== 'smtpServer'), wishes.filter(({ field }) => field === 'smtpServer')] : [wishes];
  return parts.filter((part) => part[0]?.difference.id === difference.id).map((part) => draft(part, context, forGood && part.includes(mine) && mine.field === 'smtpServer'));
}

/**
 * Why the realm cannot be written at all: before Keycloak 24 every PUT resets the passkey policy, and one with `attributes` erases what
 * the server keeps among them without showing it there: brute force detection, client policies, names, token lifetimes (tried on 22.0.5).
 */
export function unwritableRealm({ live: { representation, serverVersion } }: PlanContext): Refusal | null {
  // Every realm has named a flow for the first login from an identity provider since 24.
  const old = serverVersion === null || serverVersion === undefined ? representation['firstBrokerLoginFlow'] === undefined && representation['dockerAuthenticationFlow'] !== undefined : isOlderThan(serverVersion, 24, 0);
  return old ? { refused: 'releases before 24 reset other settings of the realm whenever one is written; change it in the admin console' } : null;
}

/** The operation after which every other PUT of the realm has to come. */
export const REALM_SETTINGS = 'update realm-setting:*';

function draft(wishes: readonly Wish[], context: PlanContext, forGood: boolean): Draft {
  const names = wishes.map(({ difference }) => difference.name);
  const live = (id: Difference['id']): Json => context.live.objects.get(id)?.value ?? null;
  const inverse = { method: 'PUT', path: [], body: bodyFrom(wishes, context, 'live') } as const;
  return {
    id: forGood ? 'update realm-setting:smtpServer' : REALM_SETTINGS, covers: wishes.map(({ difference }) => difference.id), title: 'realm settings',
    note: names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', '),
    request: { method: 'PUT', path: [], body: bodyFrom(wishes, context, 'evidence') },
    before: wishes.map(({ difference: { id } }) => ({ id, value: live(id) })),
    after: wishes.map(({ difference: { id }, value }) => ({ id, value })),
    inverse: forGood ? null : inverse,
    ...(forGood ? { inverseNote: 'The server never showed the mail password, so these mail settings cannot be put back by themselves.' } : {}),
    needs: ['manage-realm'], requires: [], ...(forGood ? { afterOperations: [REALM_SETTINGS] } : {}),
  };
}

/** Why one setting cannot be written as the others are chosen; null where it can. */
function refusal(wish: Wish, wishes: readonly Wish[], context: PlanContext): Refusal | null {
  const { difference, field, key, value } = wish;
  const never = unwritableRealm(context);
  if (never !== null) return never;
  const realm = context.live.representation;
  const source = context.evidenceOf(difference.id)?.representation;
  const secret = key !== undefined && (field === 'smtpServer' ? SMTP_SECRETS.has(key) : isSecretKey(key));
  const theirs = key === undefined ? source?.[field] : mapOf(source?.[field])[key];
  if (value !== null && (secret ? isBlind(theirs) : isUnknown(value))) return { refused: 'no evidence knows its value; enter it in the admin console' };
  const placeholder = secret ? undefined : firstPlaceholder(value === true && key !== undefined ? key : value);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  if (FEATURES.has(field) && value === true) return { refused: 'the server takes it only where it was started with that feature; switch it on in the admin console' };
  if (field === 'adminPermissionsEnabled' && value === true && !(realm.clients ?? []).some((client) => client.clientId === 'admin-permissions')) {
    return { refused: 'switching it on makes the client admin-permissions; do it in the admin console, then run again' };
  }
  if (EMAIL.includes(field)) return emailConflict(wishes, context);
  return field === 'smtpServer' ? mailConflict(wishes, context) : null;
}

/** Flags that a PUT leaves as they are, with 204, on a server without the feature (tried on 26.7.4). */
const FEATURES: ReadonlySet<string> = new Set(['verifiableCredentialsEnabled', 'scimApiEnabled']);

/** Of these, `duplicateEmailsAllowed` excludes the other two, and the server switches off by itself what does not fit (tried on 26.7.4). */
const EMAIL = ['duplicateEmailsAllowed', 'loginWithEmailAllowed', 'registrationEmailAsUsername'];

function emailConflict(wishes: readonly Wish[], context: PlanContext): Refusal | null {
  const will = (field: string): boolean => (wishes.find((wish) => wish.field === field)?.value ?? context.live.representation[field]) === true;
  if (!will('duplicateEmailsAllowed')) return null;
  const other = EMAIL.slice(1).find(will);
  return other === undefined ? null : { refused: `the server does not have duplicateEmailsAllowed and ${other} at once; answer both with restore` };
}

/** A PUT replaces all mail settings, erases a password that it leaves out, and is refused without a sender (tried on 26.7.4). */
function mailConflict(wishes: readonly Wish[], context: PlanContext): Refusal | null {
  const target = smtpAfter(wishes, context.live);
  const blind = [...SMTP_SECRETS].find((key) => target[key] === MASK && !wishes.some((wish) => wish.field === 'smtpServer' && wish.key === key) && !knownInEvidence(context, key));
  if (blind !== undefined) return { refused: `the server shows smtpServer ${blind} masked and erases it when other mail settings change; name evidence that has it, or change them in the admin console` };
  return Object.keys(target).length > 0 && (target['from'] ?? '') === '' ? { refused: 'the server takes no mail settings without a sender; answer smtpServer from likewise' } : null;
}

function smtpAfter(wishes: readonly Wish[], live: RealmState): JsonObject {
  return mapAfter(mapOf(live.representation['smtpServer']), wishes.filter(({ field }) => field === 'smtpServer'));
}

function isMaskedLive(context: PlanContext, key: string | undefined): boolean {
  return key !== undefined && mapOf(context.live.representation['smtpServer'])[key] === MASK && !knownInEvidence(context, key);
}

function knownInEvidence(context: PlanContext, key: string): boolean {
  const known = mapOf(context.evidenceOf(objectId('realm-setting', 'smtpServer', key))?.representation['smtpServer'])[key];
  return typeof known === 'string' && known !== '' && !isBlind(known);
}

/**
 * The body that makes the chosen settings what they shall be (or what they are live), with all that the server would reset if it were
 * left out: the whole map of attributes and of mail settings, the whole policy that a field belongs to, and what every PUT resets.
 */
function bodyFrom(wishes: readonly Wish[], context: PlanContext, side: 'live' | 'evidence'): Template {
  const realm = context.live.representation as JsonObject;
  const taken = side === 'live' ? [] : wishes;
  const touched = new Set(wishes.map(({ field }) => field));
  const body: Record<string, Template> = side === 'live' ? everyPut(context, [], touched) : everyPut(context, wishesIn(context), touched);
  for (const field of touched) if (!isMap(field) && !isDevice(field)) for (const name of withPolicy(field, realm, wishes)) body[name] = fieldAfter(name, realm, taken, policyOf(field) !== undefined);
  if (touched.has('smtpServer')) body['smtpServer'] = secretsOf('smtpServer', mapAfter(mapOf(own(realm, 'smtpServer')), of('smtpServer', taken)), taken);
  if (touched.has('browserSecurityHeaders')) body['browserSecurityHeaders'] = { ...(body['browserSecurityHeaders'] as Readonly<Record<string, Template>> | undefined), ...headers(of('browserSecurityHeaders', wishes), context, side) };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== LEFT_OUT));
}

/**
 * What any PUT of the realm has to carry, whatever it is for: a body of nothing but `displayName` resets the device settings and the
 * CIBA and PAR settings, which the server takes from `attributes`, and `attributes` is replaced as a whole (tried on 26.7.4). Empty
 * where they are as the server makes them by itself. The values are those after the chosen settings are written, so such a PUT has
 * to come after REALM_SETTINGS.
 */
export function carriedByEveryPut(context: PlanContext): { readonly [field: string]: Template } {
  return everyPut(context, wishesIn(context), new Set());
}

function everyPut(context: PlanContext, wishes: readonly Wish[], touched: ReadonlySet<string>): Record<string, Template> {
  const realm = context.live.representation as JsonObject;
  const attributes = mirrored(mapAfter(mapOf(own(realm, 'attributes')), of('attributes', wishes)), realm, wishes);
  const device = DEVICE.map(([field, usual]) => ({ field, usual, value: fieldAfter(field, realm, wishes, false) })).filter(({ value }) => value !== LEFT_OUT);
  const carried = device.some(({ field, usual, value }) => touched.has(field) || value !== usual) ? device : [];
  const whole = touched.has('attributes') || resetByEveryPut(attributes);
  return {
    ...Object.fromEntries(carried.map(({ field, value }) => [field, value])),
    ...(whole ? { attributes: secretsOf('attributes', attributes, wishes) } : {}),
    ...(whole && takesHeaders(context.live) ? { browserSecurityHeaders: mapAfter(mapOf(own(realm, 'browserSecurityHeaders')), of('browserSecurityHeaders', wishes)) } : {}),
  };
}

/** A PUT with `attributes` erases the headers that it leaves out (tried on 24.0.5 and 26.0.8; 26.7.4 keeps them). They are the same as before where nobody knows the release. */
function takesHeaders({ serverVersion, representation }: RealmState): boolean {
  return !isAtLeast(serverVersion ?? null, 26, 7) && Object.keys(mapOf(representation['browserSecurityHeaders'])).length > 0;
}

/** Attributes that show a field a second time: an old value among them would set that field back. */
const SHOWN_TWICE: Readonly<Record<string, string>> = {
  clientSessionIdleTimeout: 'clientSessionIdleTimeout', clientSessionMaxLifespan: 'clientSessionMaxLifespan', clientOfflineSessionIdleTimeout: 'clientOfflineSessionIdleTimeout',
  clientOfflineSessionMaxLifespan: 'clientOfflineSessionMaxLifespan', realmReusableOtpCode: 'otpPolicyCodeReusable', webAuthnPolicyExtraOrigins: 'webAuthnPolicyExtraOrigins',
  webAuthnPolicyExtraOriginsPasswordless: 'webAuthnPolicyPasswordlessExtraOrigins',
};

function mirrored(attributes: JsonObject, realm: JsonObject, wishes: readonly Wish[]): JsonObject {
  return Object.entries(SHOWN_TWICE).filter(([, field]) => wishes.some((wish) => wish.field === field)).reduce((map, [key, field]) => {
    const { [key]: _, ...others } = map;
    const text = String(fieldAfter(field, realm, wishes, false));
    return text === '' ? others : { ...others, [key]: text };
  }, attributes);
}

const DEVICE: readonly (readonly [string, number])[] = [['oauth2DeviceCodeLifespan', 600], ['oauth2DevicePollingInterval', 5]];
const LEFT_OUT = '\0';

const isDevice = (field: string): boolean => DEVICE.some(([name]) => name === field);
const isMap = (field: string): boolean => (REALM_MAPS as readonly string[]).includes(field);
const of = (field: string, wishes: readonly Wish[]): readonly Wish[] => wishes.filter((wish) => wish.field === field);

function resetByEveryPut(attributes: JsonObject): boolean {
  return Object.entries(ATTRIBUTE_DEFAULTS).some(([key, usual]) => (own(attributes, key) ?? usual) !== usual);
}

/** A field, or all fields of the policy that it belongs to. */
function withPolicy(field: string, realm: JsonObject, wishes: readonly Wish[]): readonly string[] {
  const policy = policyOf(field);
  return policy === undefined ? [field] : [...new Set([...Object.keys(realm), ...wishes.map((wish) => wish.field)])].filter((name) => policy.test(name));
}

/** Null keeps what is there: an optional field is emptied by an empty text, an expiration by 0 (tried on 26.7.4). */
function fieldAfter(field: string, realm: JsonObject, wishes: readonly Wish[], inPolicy: boolean): Template {
  if (REALM_SETS.includes(field)) {
    const gone = new Set(of(field, wishes).filter(({ value }) => value === null).map(({ key }) => key));
    const added = of(field, wishes).flatMap(({ key, value }) => (value === null || key === undefined ? [] : [key]));
    return [...new Set([...elementsOf(own(realm, field)).filter((element) => !gone.has(element)), ...added])];
  }
  const wish = wishes.find((candidate) => candidate.field === field);
  const value = wish === undefined ? own(realm, field) : wish.value;
  if (value !== undefined && value !== null) return value;
  return inPolicy ? LEFT_OUT : field === 'eventsExpiration' ? 0 : OPTIONAL.has(field) ? '' : LEFT_OUT;
}

function mapAfter(live: JsonObject, wishes: readonly Wish[]): JsonObject {
  const wished = new Map(wishes.map(({ key = '', value }) => [key, value]));
  const kept = Object.entries(live).filter(([key]) => !wished.has(key));
  return Object.fromEntries([...kept, ...[...wished].filter((entry): entry is [string, NonNullable<Json>] => entry[1] !== null)]);
}

/** Secrets as references: a chosen one as the evidence has it, the others as they are live where the server shows them. */
function secretsOf(field: 'attributes' | 'smtpServer', map: JsonObject, wishes: readonly Wish[]): Template {
  return Object.fromEntries(Object.entries(map).map(([key, value]): [string, Template] => {
    const secret = value === MASK || (field === 'smtpServer' ? SMTP_SECRETS.has(key) : isSecretKey(key));
    if (!secret) return [key, value];
    const chosen = field === 'smtpServer' || wishes.some((wish) => wish.key === key);
    return [key, { $secret: objectId('realm-setting', field, key), field: `${field}.${key}`, ...(chosen ? {} : { from: 'live' as const }) }];
  }));
}

/** Headers are merged: only the chosen ones are sent, null takes one away; one that stood there empty is emptied (tried on 26.7.4). */
function headers(wishes: readonly Wish[], context: PlanContext, side: 'live' | 'evidence'): Readonly<Record<string, Template>> {
  return Object.fromEntries(wishes.map(({ key = '', value, difference }): [string, Template] => {
    const live = own(mapOf(context.live.representation['browserSecurityHeaders']), key);
    if (side === 'live') return [key, live ?? null];
    return [key, value ?? (difference.change === 'live-only' && key === 'contentSecurityPolicyReportOnly' ? '' : null)];
  }));
}

function mapOf(value: unknown): JsonObject {
  return isRecord(value as Json | undefined) ? (value as JsonObject) : {};
}
