/** The realm itself and small things that hang on it. */
import type { JsonObject } from '../../../realm/json.ts';
import { freshData } from '../data/fresh.ts';
import { errorMessage, notFound, Refusal } from '../refusal.ts';
import { done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { importRealm } from '../state/import.ts';
import { list, object, objects, present, stringMap, text, texts, without } from '../state/json.ts';
import { byAlias } from '../state/flows.ts';
import { keysJson } from '../state/keys.ts';
import type { Fields, RealmRow } from '../state/model.ts';
import { groupJson, roleJson } from '../state/represent.ts';
import { addToMaster, masterClientOf } from '../state/master.ts';
import { realmNamed } from '../state/world.ts';
import { allows } from '../permissions.ts';
import { dropClient } from './clients.ts';
import { shownMail, updateRealm } from './realm-update.ts';
import { CLIENT_POLICY_ROUTES } from './client-policies.ts';

export function realmJson(realm: RealmRow): Fields {
  const defaultRole = realm.roles.find((role) => role.id === realm.defaultRole);
  const groups = realm.groups.filter((group) => realm.defaultGroups.includes(group.id)).map((group) => String(groupJson(realm, group, 'member')['path']));
  return {
    id: realm.id, realm: realm.name, ...realm.fields, smtpServer: shownMail(realm.fields['smtpServer']), ...(defaultRole === undefined ? {} : { defaultRole: roleJson(realm, defaultRole) }),
    ...(groups.length === 0 ? {} : { defaultGroups: groups }),
  };
}

/** Who may not see the realm gets 200 with five keys, not 403 (facts, section 4). */
function read({ realm, actor }: Request): Answer {
  if (actor !== null && allows(actor, 'view-realm')) return ok(realmJson(realm));
  const { displayName, bruteForceProtected, organizationsEnabled } = realm.fields;
  return ok(present({ realm: realm.name, displayName, supportedLocales: list(realm.fields['supportedLocales']), bruteForceProtected, organizationsEnabled }));
}

const BINDINGS = ['browserFlow', 'registrationFlow', 'directGrantFlow', 'resetCredentialsFlow', 'clientAuthenticationFlow', 'dockerAuthenticationFlow', 'firstBrokerLoginFlow'];

function update({ realm, body }: Request): Answer {
  const sent = object(body);
  if (BINDINGS.some((field) => sent[field] !== undefined && byAlias(realm, sent[field]) === undefined)) throw errorMessage(500, 'Failed to update realm');
  updateRealm(realm, sent);
  return { ...done, events: [{ path: null }] };
}

function remove({ world, realm }: Request): Answer {
  world.realms = world.realms.filter((row) => row !== realm);
  const master = realmNamed(world, 'master');
  const client = master && masterClientOf(master, realm);
  if (master !== undefined && client !== undefined) dropClient(master, client);
  return done;
}

/** `POST /admin/realms`. */
export async function createRealm({ world, body, now }: Request): Promise<Answer> {
  const sent = object(body);
  const name = text(sent['realm']) ?? '';
  if (name === '') throw errorMessage(400, 'Realm name cannot be empty');
  const taken = (): boolean => world.realms.some((realm) => realm.name === name || realm.id === sent['id']);
  if (taken()) throw errorMessage(409, `Realm ${name} already exists`);
  const realm = await importRealm(sent, now);
  if (taken()) throw errorMessage(409, `Realm ${name} already exists`);
  world.realms.push(realm);
  const master = realmNamed(world, 'master');
  if (master !== undefined) addToMaster(master, realm, now);
  return { status: 201, created: name };
}

function eventsConfig({ realm }: Request): Answer {
  const types = texts(realm.fields['enabledEventTypes']);
  const { eventsEnabled = false, eventsListeners = [], adminEventsEnabled = false, adminEventsDetailsEnabled = false, eventsExpiration } = realm.fields;
  return ok(present({ eventsEnabled, eventsExpiration, eventsListeners, enabledEventTypes: types.length === 0 ? [...freshData.eventTypes] : types, adminEventsEnabled, adminEventsDetailsEnabled }));
}

function setEventsConfig({ realm, body }: Request): Answer {
  Object.assign(realm.fields, present(object(body)));
  return { ...done, events: [{ operation: 'UPDATE', type: 'REALM' }] };
}

const PROFILE = 'org.keycloak.userprofile.UserProfileProvider';

function profile({ realm }: Request): Answer {
  const component = realm.components.find((row) => row['providerType'] === PROFILE);
  const [config] = texts(object(component?.['config'])['kc.user.profile.config']);
  if (config === undefined) return ok(freshData.profile);
  const own = JSON.parse(config) as JsonObject;
  return ok({ ...own, groups: own['groups'] ?? [] });
}

/** The whole document is replaced; Keycloak keeps it as a component, and so it stands in exports. */
function setProfile(request: Request): Answer {
  const { realm } = request;
  const body = object(request.body);
  if (request.body === null) {
    realm.components = realm.components.filter((row) => row['providerType'] !== PROFILE);
    return { ...profile(request), events: [{ representation: null }] };
  }
  checkProfile(body);
  const attributes = list(body['attributes']).map((attribute) => ({ ...object(attribute), multivalued: object(attribute)['multivalued'] ?? false }));
  const whole = { attributes, groups: body['groups'] ?? [], ...without(body, ['attributes', 'groups']) };
  const config = { 'kc.user.profile.config': [JSON.stringify(whole)] };
  const old = realm.components.find((row) => row['providerType'] === PROFILE);
  if (old === undefined) realm.components.push({ id: crypto.randomUUID(), providerId: 'declarative-user-profile', providerType: PROFILE, parentId: realm.id, config });
  else old['config'] = config;
  return { ...profile(request), events: [{ representation: whole }] };
}

/** One message in brackets for all that is wrong; the first is enough here. */
function checkProfile(body: JsonObject): void {
  const attributes = objects(body['attributes']);
  const names = attributes.map((attribute) => text(attribute['name']) ?? '');
  const groups = objects(body['groups']).map((group) => group['name']);
  const refuse = (why: string): never => { throw errorMessage(400, `[${why}]`); };
  const missing = ['username', 'email'].find((name) => !names.includes(name));
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) refuse(`Attribute configuration already exists with 'name':'${twice}'`);
  const lost = attributes.find((attribute) => typeof attribute['group'] === 'string' && !groups.includes(attribute['group']));
  if (lost !== undefined) refuse(`Attribute '${text(lost['name'])}' references unknown group '${text(lost['group'])}'`);
  if (missing !== undefined) refuse(`The attribute '${missing}' can not be removed`);
}

function texts404({ realm, params }: Request): Answer {
  const value = realm.localization[params['locale'] ?? '']?.[params['key'] ?? ''];
  if (value === undefined) throw notFound('Localization text not found');
  return ok(value);
}

function setTexts({ realm, params, body }: Request): Answer {
  const locale = params['locale'] ?? '';
  const key = params['key'];
  // One text wants text/plain; JSON is refused, and no body at all is an empty text.
  if (key !== undefined && body !== null) throw new Refusal(415, { error: 'The content-type header value did not match the value in @Consumes' });
  realm.localization[locale] = stringMap({ ...realm.localization[locale], ...(key === undefined ? object(body) : { [key]: '' }) });
  return done;
}

function dropTexts({ realm, params }: Request): Answer {
  const { locale = '', key } = params;
  const old = realm.localization[locale];
  if (old === undefined && key === undefined) throw notFound(`No localization texts for locale ${locale} found.`);
  if (old === undefined || (key !== undefined && old[key] === undefined)) throw notFound('Localization text not found');
  if (key === undefined) delete realm.localization[locale];
  else delete old[key];
  return done;
}

/** Clearing the realm cache takes `multivalued` out of the group mappers that made tokens. */
function clearCache(request: Request): Answer {
  if (request.path === 'clear-realm-cache') request.realm.warm = [];
  return { ...done, events: [{ operation: 'ACTION' }] };
}

const REALM = { event: 'REALM' };

export const REALM_ROUTES: readonly Route[] = [
  route('GET ', 'any', read),
  route('PUT ', 'manage-realm', update, REALM),
  route('DELETE ', 'manage-realm', remove),
  route('GET /keys', 'view-realm', ({ realm }) => ok(keysJson(realm))),
  route('GET /events/config', 'view-events', eventsConfig),
  route('PUT /events/config', 'manage-events', setEventsConfig, REALM),
  route('GET /users/profile', 'any', profile),
  route('PUT /users/profile', 'manage-realm', setProfile, { event: 'USER_PROFILE' }),
  route('GET /users/profile/metadata', 'any', () => ok(freshData.profileMetadata)),
  route('GET /localization', 'any', ({ realm }) => ok(Object.keys(realm.localization))),
  route('GET /localization/{locale}', 'any', ({ realm, params }) => ok(realm.localization[params['locale'] ?? ''] ?? {})),
  route('POST /localization/{locale}', 'manage-realm', setTexts),
  route('DELETE /localization/{locale}', 'manage-realm', dropTexts),
  route('GET /localization/{locale}/{key}', 'any', texts404),
  route('PUT /localization/{locale}/{key}', 'manage-realm', setTexts),
  route('DELETE /localization/{locale}/{key}', 'manage-realm', dropTexts),
  ...['realm', 'user', 'keys'].map((cache) => route(`POST /clear-${cache}-cache`, 'manage-realm', clearCache, REALM)),
  ...CLIENT_POLICY_ROUTES,
  route('GET /credential-registrators', 'view-realm', () => ok(['CONFIGURE_TOTP', 'webauthn-register', 'webauthn-register-passwordless', 'CONFIGURE_RECOVERY_AUTHN_CODES'])),
];
