import type { JsonObject } from '../../realm/json.ts';
import type { ClaimExpectation, TokenKind } from '../../realm/model.ts';
import type { Api } from '../api.ts';
import { inFlight } from '../flight.ts';
import { isObject, objects, text } from '../text.ts';
import type { Attempt } from './real-token.ts';
import { EXAMPLE } from './token-queue.ts';
import type { NeededRole, Probe } from './users.ts';

const EXAMPLES: Readonly<Record<TokenKind, string>> = { access: `${EXAMPLE}access-token`, id: `${EXAMPLE}id-token`, userinfo: `${EXAMPLE}userinfo` };

/**
 * What the server would put into this user's tokens now. Leaves no session and no event; needs view-clients and
 * view-users. Optional scopes are named; `audience=` is not used, because the server ignores an audience that it does
 * not know (verified-keycloak.md 4).
 * @param client  UUID of the client
 */
export async function preview(api: Api, client: string, probe: Probe, scope: string, kinds: readonly TokenKind[]): Promise<Attempt> {
  const payloads: Partial<Record<TokenKind, JsonObject>> = {};
  await inFlight(kinds, async (kind) => {
    const payload = await api.read(['clients', client, 'evaluate-scopes', EXAMPLES[kind]], { scope: ['openid', scope].filter(Boolean).join(' '), userId: probe.id });
    if (isObject(payload)) payloads[kind] = payload;
  });
  return { way: 'preview', user: probe.name, payloads, signature: null, qualified: probe.qualified, note: `a preview for ${probe.name} (no session, no event)` };
}

export interface Attachment {
  /** `client scope profile`, `the client itself`. */
  readonly from: string;
  readonly provider: string;
}

/** The mapper that makes a claim, as the server applies it; null when it does not; undefined when no mapper is named. */
export async function attachment(api: Api, client: string, expectation: ClaimExpectation): Promise<Attachment | null | undefined> {
  if (expectation.mapper === undefined) return undefined;
  const rows = objects(await api.read(['clients', client, 'evaluate-scopes', 'protocol-mappers'], { scope: expectation.scope ?? '' }));
  const row = rows.find((candidate) => candidate['mapperName'] === expectation.mapper);
  if (!row) return null;
  return { from: row['containerType'] === 'client-scope' ? `client scope ${text(row['containerName']) ?? ''}` : 'the client itself', provider: text(row['protocolMapper']) ?? '' };
}

/** Whether the server lets a role into this client's tokens. */
export async function grantsRole(api: Api, client: string, role: NeededRole, scope: string): Promise<boolean> {
  const granted = objects(await api.read(['clients', client, 'evaluate-scopes', 'scope-mappings', role.client ?? api.realm, 'granted'], { scope }));
  return granted.some((entry) => entry['name'] === role.name);
}
