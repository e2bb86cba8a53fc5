import { RescueError } from '../../realm/errors.ts';
import type { ClaimExpectation, TokenKind } from '../../realm/model.ts';
import type { ProveRequest } from '../../runner/ports.ts';
import type { Api } from '../api.ts';
import type { Client } from '../capture/clients.ts';
import { preview } from './preview.ts';
import { byCredentials, byRefresh, failed, type Attempt, type Issuer } from './real-token.ts';
import { isSilence } from '../people.ts';
import { probesFor, type Probe } from './users.ts';
import { isAtLeast } from '../../realm/version.ts';

/** One run of proofs for one client; real tokens are asked for once and looked at for every claim. */
export interface Sources extends Issuer {
  /** Remembers who holds what from one client to the next; see known-people.ts. */
  readonly people: Api;
  readonly request: ProveRequest;
  readonly kept: Map<string, Promise<Attempt>>;
}

/**
 * Before 26.1 a client_credentials request *writes*: where the client has no mapper `Client ID` of its own, the server adds three
 * (tried on 22.0.5, 24.0.5 and 26.0.8; not on 26.7.4, where the client scope `service_account` carries them). Where the version is not
 * told, that scope tells.
 */
export async function tokenWrites(api: Api, client: Client): Promise<boolean> {
  if ((client.protocolMappers ?? []).some((mapper) => mapper.name === 'Client ID')) return false;
  const { version } = await api.server();
  return version === null ? client.defaultClientScopes?.includes('service_account') !== true : !isAtLeast(version, 26, 1);
}

export const WOULD_WRITE = 'no token was asked for, because this server would add protocol mappers to the client for it';

/** Ways to see one claim, the strongest first: an old session renewed, a fresh token, previews of users who could show it. */
export async function* attempts(sources: Sources, client: Client, expectation: ClaimExpectation, wanted: readonly TokenKind[]): AsyncGenerator<Attempt> {
  const { api, people, request, kept } = sources;
  const once = (key: string, work: () => Promise<Attempt>): Promise<Attempt> => {
    const known = kept.get(key) ?? work();
    kept.set(key, known);
    return known;
  };
  const { refresh, secret } = request;
  const scope = expectation.scope ?? '';
  const previewFor = (probe: Probe, kinds: readonly TokenKind[]): Promise<Attempt> => once(`preview ${probe.id} ${scope} ${kinds.join()} ${probe.qualified}`, () => preview(api, client.id, probe, scope, kinds));
  if (refresh?.client === request.client) yield await once('refresh', () => byRefresh(sources, { ...request, refresh }));
  const forItself = expectation.needs === 'nothing' || expectation.needs === 'service-account';
  const probes = probesFor(people, request, expectation);
  // Who waits for them hears of a failure.
  probes.catch(() => undefined);
  let left = wanted;
  if (forItself && secret !== undefined && client.serviceAccountsEnabled === true && wanted.includes('access')) {
    const own = once(`credentials ${scope}`, async () => ((await tokenWrites(api, client)) ? failed('client-credentials', WOULD_WRITE) : byCredentials(sources, { ...request, secret }, scope)));
    // A client gets no ID token for itself, so somebody's preview will be needed besides; of the access token only where none was issued.
    const besides = wanted.filter((kind) => kind !== 'access');
    if (besides.length > 0) probes.then(([probe]) => probe && previewFor(probe, besides)).catch(() => undefined);
    const issued = await own;
    yield issued;
    if (issued.payloads.access !== undefined) left = besides;
  }
  if (left.length === 0) return;
  try {
    for (const probe of await probes) yield await previewFor(probe, left);
  } catch (error) {
    if (isSilence(error)) return yield failed('preview', 'the server does not answer a search for users');
    if (!(error instanceof RescueError) || error.code !== 'missing-role') throw error;
    yield failed('preview', 'a preview needs view-clients and view-users of realm-management');
  }
}
