import { objectId } from '../realm/keys.ts';
import type { Group } from '../realm/model.ts';
import type { Proof, RunState } from '../runbook/model.ts';
import { references, type EffectContext } from './context.ts';
import { isOverwrittenUnder } from './guard.ts';
import type { Earlier, ProveRequest } from './ports.ts';

/** One request for each client whose tokens a group feeds: a restored client scope shows in several. */
export function proveRequests(context: EffectContext, group: Group, probeUser: string | null, before: readonly Earlier[] = []): ProveRequest[] {
  const captured = context.memory.snapshot('live-before');
  const facts = captured?.facts;
  const known = references(context);
  const sessions = [...(facts?.sessions ?? []), ...(facts?.offlineSessions ?? [])];
  const clients = [...new Set(group.expectations.map((expectation) => expectation.client))];
  return clients.map((client) => ({
    client,
    id: known.id(objectId('client', client)),
    captured: captured?.representation.clients?.find(({ clientId }) => clientId === client),
    expectations: group.expectations.filter((expectation) => expectation.client === client),
    probeUser,
    secret: known.secret(objectId('client', client), 'secret'),
    refresh: context.ports.refresh?.client === client ? context.ports.refresh : undefined,
    keysBefore: facts?.keys.map((key) => key.kid) ?? [],
    before: before.filter((earlier) => earlier.expectation.client === client),
    // Those who were logged in at this client are the ones who miss the claim.
    sessions: sessions.toSorted((a, b) => Number(b.clients.includes(client)) - Number(a.clients.includes(client))),
  }));
}

/** Whose token to look at: the user chosen last, else the flag's. */
export function probeUserOf({ probeUser, run }: RunState): string | null {
  return probeUser ?? run?.settings.probeUser ?? null;
}

export async function prove(context: EffectContext, group: Group, probeUser: string | null): Promise<void> {
  const proofs: Proof[] = [];
  for (const request of proveRequests(context, group, probeUser, await context.memory.before.get(group.owner))) {
    context.progress({ part: `tokens of ${request.client}`, done: proofs.length, total: group.expectations.length });
    proofs.push(...(await context.ports.keycloak.prove(request)));
  }
  // A claim that is missing because somebody took its mapper away again is no failed proof.
  if (proofs.some(({ outcome }) => outcome === 'not-proven') && (await isOverwrittenUnder(context, group.owner))) return;
  context.dispatch({ type: 'prove.done', owner: group.owner, proofs });
}
