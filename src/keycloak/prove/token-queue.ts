import type { Api } from '../api.ts';
import { places } from '../flight.ts';

/** What the Admin API's paths end with that make a token for a look at it. */
export const EXAMPLE = 'generate-example-';

/**
 * The same Api, which asks for one token at a time: previews, tokens, introspection, userinfo. The first token that goes through an
 * `oidc-group-membership-mapper` makes Keycloak write `multivalued` into the mapper that it keeps in its cache, a plain HashMap. Two
 * tokens at one moment do that both, and can lose other entries of it: the claim is then missing from everybody's tokens until the
 * cache of the client is renewed (seen on 26.7.4, 2 of 400 mappers right after they were made; docs/decisions/0017).
 */
export function oneTokenAtATime(api: Api): Api {
  const alone = places(1);
  return {
    ...api,
    read: (parts, query) => (parts.at(-1)?.startsWith(EXAMPLE) ? alone(() => api.read(parts, query)) : api.read(parts, query)),
    postForm: (endpoint, form, authorization) => alone(() => api.postForm(endpoint, form, authorization)),
  };
}
