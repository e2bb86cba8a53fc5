import type { Json, JsonObject } from '../../realm/json.ts';
import { hasOwnProfile, isDefaultProfile } from '../../realm/normal/user-profile.ts';
import { refusal } from '../api.ts';
import { nestComponents } from '../../realm/normal/component.ts';
import { allPages } from '../flight.ts';
import { isObject, objects, text } from '../text.ts';
import type { Reading } from './reading.ts';

const PAGE = 100;

export interface IdentityProviders {
  readonly identityProviders: JsonObject[];
  readonly identityProviderMappers: JsonObject[];
}

/** Identity providers and their mappers; their client secrets come masked from the server. */
export async function readIdentityProviders(reading: Reading): Promise<IdentityProviders | undefined> {
  const { api } = reading;
  return reading.part('identity providers', 'view-identity-providers', async () => {
    const identityProviders = await allPages(100, async (first, max) => objects(await api.read(['identity-provider', 'instances'], { first, max, briefRepresentation: false })));
    const mappers = await reading.each('identity providers', identityProviders, async (provider) =>
      objects(await api.read(['identity-provider', 'instances', text(provider['alias']) ?? '', 'mappers'])));
    return { identityProviders, identityProviderMappers: mappers.flat() };
  });
}

/**
 * Components by provider type, children inside their parents, as in an export. Key material is never in it: the server
 * masks what is secret, and generated keys are not among the declared settings.
 */
export async function readComponents(reading: Reading, realmId: string): Promise<Record<string, Json> | undefined> {
  return reading.part('components', 'view-realm', async () => nestComponents(objects(await reading.api.read(['components'])), realmId));
}

/**
 * The user profile where the components do not hold it: the server's own one, if it is not the one that this tool knows, or null
 * where the server has none (before 24 it is a feature). A realm with a profile of its own has it among its components;
 * 22.0.5 has the component without it.
 */
export async function readUserProfile(reading: Reading, components: Record<string, Json> | undefined): Promise<{ readonly userProfile?: Json } | undefined> {
  if (components === undefined || hasOwnProfile(components)) return undefined;
  return reading.part('user profile', 'view-realm', async () => {
    const reply = await reading.api.get(['users', 'profile']);
    if (reply.status === 400 || reply.status === 404) return { userProfile: null };
    if (reply.status >= 400) throw refusal(reply, 'the user profile');
    return isObject(reply.body) && !isDefaultProfile(reply.body) ? { userProfile: reply.body } : {};
  });
}

/** Texts by locale. Everybody with an admin role may read them. */
export async function readLocalization(reading: Reading): Promise<Record<string, JsonObject> | undefined> {
  const { api } = reading;
  return reading.part('localization texts', 'view-realm', async () => {
    const locales = await api.read(['localization']);
    const names = Array.isArray(locales) ? locales.filter((locale) => typeof locale === 'string') : [];
    const texts = await reading.each('localization texts', names, async (locale) => {
      const body = await api.read(['localization', locale]);
      return [locale, isObject(body) ? body : {}] as const;
    });
    return Object.fromEntries(texts);
  });
}

/**
 * Organizations with the aliases of their identity providers; only where the realm has them switched on. Of the members only those whose
 * accounts belong to the organization, a hundred at most: they show that it must not be deleted.
 */
export async function readOrganizations(reading: Reading): Promise<JsonObject[] | undefined> {
  const { api } = reading;
  return reading.part('organizations', 'view-organizations and view-identity-providers', async () => {
    const answer = await api.read(['organizations'], { first: 0, max: PAGE, briefRepresentation: false });
    if (answer === null) {
      reading.notes.push('This server has no organizations; none were read.');
      return undefined;
    }
    const found = [...objects(answer), ...(objects(answer).length < PAGE ? [] : await allPages(PAGE, async (first, max) => objects(await api.read(['organizations'], { first: first + PAGE, max, briefRepresentation: false }))))];
    return reading.each('organizations', found, async (organization) => {
      const at = ['organizations', text(organization['id']) ?? ''];
      const providers = objects(await api.read([...at, 'identity-providers']));
      const managed = objects(await api.read([...at, 'members'], { membershipType: 'MANAGED', max: 100 }));
      return {
        ...organization,
        identityProviders: providers.map((provider) => ({ alias: provider['alias'] ?? null })),
        ...(managed.length === 0 ? {} : { members: managed.map((member) => ({ username: member['username'] ?? null, membershipType: 'MANAGED' })) }),
      };
    });
  });
}
