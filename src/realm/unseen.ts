/** What evidence has of parts that the capture could not see: silence there is no equality. */
import type { Json } from './json.ts';
import { recordsIn } from './looks.ts';
import type { Snapshot } from './snapshot.ts';

/** One clause for each part: `identity providers (3 in the evidence): seeing them takes view-identity-providers`. */
export function unseenParts(live: Pick<Snapshot, 'representation'>, evidence: readonly Pick<Snapshot, 'representation'>[]): readonly string[] {
  const { identityProviders, organizations, organizationsEnabled, clients } = live.representation;
  const most = (count: (representation: Snapshot['representation']) => number) => evidence.reduce((so, { representation }) => Math.max(so, count(representation)), 0);
  const providers = identityProviders === undefined ? most((has) => recordsIn(has['identityProviders'] as Json | undefined).length) : 0;
  const organized = organizations === undefined && organizationsEnabled === true ? most((has) => recordsIn(has['organizations'] as Json | undefined).length) : 0;
  const dark = new Set((clients ?? []).filter((client) => client['authorizationServicesEnabled'] === true && client['authorizationSettings'] === undefined).map(({ clientId }) => clientId));
  const guarded = dark.size === 0 ? 0 : most((has) => (has.clients ?? []).filter((client) => client['authorizationSettings'] !== undefined && dark.has(client.clientId)).length);
  return [
    ...(providers > 0 ? [`identity providers (${providers} in the evidence): seeing them takes view-identity-providers`] : []),
    ...(organized > 0 ? [`organizations (${organized} in the evidence): seeing them takes view-organizations and view-identity-providers`] : []),
    ...(guarded > 0 ? [`authorization settings (of ${guarded === 1 ? '1 client' : `${guarded} clients`} in the evidence): seeing them takes manage-authorization`] : []),
  ];
}
