import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { compareStates } from '../../src/realm/compare.ts';
import { readState } from '../../src/realm/state.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { LIVE_ONLY } from '../../src/sandbox/incident/loss.ts';
import type { Choice, Difference, RealmState } from '../../src/realm/model.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import type { ExportRequest } from '../../src/runner/ports.ts';

/** A directory that goes away with the test. */
export function scratch(): string {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'realm-rescue-test-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function git(cwd: string, ...args: string[]): string {
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_NAME: 'Kim', GIT_AUTHOR_EMAIL: 'kim@example.com', GIT_COMMITTER_NAME: 'Kim', GIT_COMMITTER_EMAIL: 'kim@example.com' };
  return execFileSync('git', args, { cwd, env, encoding: 'utf8' });
}

export const FEED_SECRET = 'very-secret-value-of-feed';

/** The realm as a server has it after the restore: secrets in clear, ids and defaults everywhere, a few things that only people made there. */
export function liveRealm(): RealmRepresentation {
  const realm = goodRealmFile({ realm: 'primary' }, { secrets: 'real' });
  for (const client of realm.clients ?? []) {
    client.id = `id-of-${client.clientId ?? ''}`;
    Object.assign(client, { surrogateAuthRequired: false, notBefore: 0, nodeReRegistrationTimeout: -1, access: { view: true } });
    for (const mapper of client.protocolMappers ?? []) mapper.id = `id-of-${mapper.name ?? ''}`;
  }
  const gateway = realm.clients?.find(({ clientId }) => clientId === LIVE_ONLY.redirect.client);
  if (gateway) gateway['redirectUris'] = [...(gateway['redirectUris'] as string[]), LIVE_ONLY.redirect.uri];
  const profile = realm.clients?.find(({ clientId }) => clientId === LIVE_ONLY.mapper.client);
  if (profile) {
    profile.protocolMappers = [...(profile.protocolMappers ?? []), {
      id: 'm1', name: 'tenant', protocol: 'openid-connect', protocolMapper: 'oidc-usermodel-attribute-mapper',
      config: { 'user.attribute': 'tenant', 'claim.name': 'tenant', 'access.token.claim': 'true' },
    }];
  }
  realm.clients?.push({
    id: 'f1', clientId: 'feed-service', enabled: true, protocol: 'openid-connect', publicClient: false, secret: FEED_SECRET, serviceAccountsEnabled: true, standardFlowEnabled: true,
    redirectUris: ['https://feed.example.com/*'], surrogateAuthRequired: false, notBefore: 0, nodeReRegistrationTimeout: -1, alwaysDisplayInConsole: false,
    attributes: { 'client.secret.creation.time': '1700000000' }, defaultClientScopes: [...(realm.defaultDefaultClientScopes ?? [])], optionalClientScopes: ['offline_access'],
    protocolMappers: [], access: { view: true },
  });
  realm.users?.push({ id: 'u1', username: 'service-account-feed-service', enabled: true, serviceAccountClientId: 'feed-service', realmRoles: ['default-roles-primary'], clientRoles: { 'profile-service': ['read'] } });
  return realm;
}

export const stateOf = (representation: RealmRepresentation, source = 'live', completeness: RealmState['completeness'] = 'full'): RealmState =>
  readState({ realm: 'primary', source, completeness, representation });

/** Read as an export, where a missing list is an empty one, unless told otherwise. Every difference answered as the story does: lost things restored, live ones kept. */
export function answered(live: RealmState, evidence: RealmRepresentation, completeness: RealmState['completeness'] = 'partial'): { readonly differences: readonly Difference[]; readonly choices: Record<string, Choice> } {
  const differences = compareStates(live, [stateOf(evidence, 'file:realm.json', completeness)]);
  return { differences, choices: Object.fromEntries(differences.map(({ id, change }) => [id, change === 'lost' ? 'restore' : 'keep'])) };
}

export function exportRequest(part: Partial<ExportRequest> & Pick<ExportRequest, 'live' | 'directory'>): ExportRequest {
  return { realm: 'primary', serverVersion: '26.7.4', repo: null, evidenceFiles: [], differences: [], choices: {}, branch: null, session: '8f2c', headHash: 'sha256:00ff', ...part };
}
