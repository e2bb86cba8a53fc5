import type { Json, JsonObject } from '../../realm/json.ts';
import { nestComponents } from '../../realm/normal/component.ts';
import { allPages } from '../flight.ts';
import { isObject, objects, text } from '../text.ts';
import type { Reading } from './reading.ts';

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

/** Organizations with the aliases of their identity providers; only where the realm has them switched on. */
export async function readOrganizations(reading: Reading): Promise<JsonObject[] | undefined> {
  const { api } = reading;
  return reading.part('organizations', 'manage-realm', async () => {
    const found = await allPages(100, async (first, max) => objects(await api.read(['organizations'], { first, max, briefRepresentation: false })));
    return reading.each('organizations', found, async (organization) => ({
      ...organization,
      identityProviders: objects(await api.read(['organizations', text(organization['id']) ?? '', 'identity-providers'])).map((provider) => ({ alias: provider['alias'] ?? null })),
    }));
  });
}
