import { RescueError } from '../../realm/errors.ts';
import type { ClaimExpectation, TokenKind } from '../../realm/model.ts';
import type { ProveRequest } from '../../runner/ports.ts';
import type { Api } from '../api.ts';
import type { Client } from '../capture/clients.ts';
import { preview } from './preview.ts';
import { byCredentials, byRefresh, failed, type Attempt } from './real-token.ts';
import { probesFor } from './users.ts';

/** One run of proofs for one client; real tokens are asked for once and looked at for every claim. */
export interface Sources {
  readonly api: Api;
  readonly request: ProveRequest;
  readonly kept: Map<string, Promise<Attempt>>;
}

/** Ways to see one claim, the strongest first: an old session renewed, a fresh token, previews of users who could show it. */
export async function* attempts(sources: Sources, client: Client, expectation: ClaimExpectation, wanted: readonly TokenKind[]): AsyncGenerator<Attempt> {
  const { api, request, kept } = sources;
  const once = (key: string, work: () => Promise<Attempt>): Promise<Attempt> => {
    const known = kept.get(key) ?? work();
    kept.set(key, known);
    return known;
  };
  const { refresh, secret } = request;
  const scope = expectation.scope ?? '';
  if (refresh?.client === request.client) yield await once('refresh', () => byRefresh(api, { ...request, refresh }));
  const forItself = expectation.needs === 'nothing' || expectation.needs === 'service-account';
  if (forItself && secret !== undefined && client.serviceAccountsEnabled === true && wanted.includes('access')) {
    yield await once(`credentials ${scope}`, () => byCredentials(api, { ...request, secret }, scope));
  }
  try {
    for (const probe of await probesFor(api, request, expectation)) {
      yield await once(`preview ${probe.id} ${scope} ${wanted.join()} ${probe.qualified}`, () => preview(api, client.id, probe, scope, wanted));
    }
  } catch (error) {
    if (!(error instanceof RescueError) || error.code !== 'missing-role') throw error;
    yield failed('preview', 'a preview needs view-clients and view-users of realm-management');
  }
}
