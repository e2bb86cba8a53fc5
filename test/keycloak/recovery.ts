import type { Group, Operation, Plan, RealmState } from '../../src/realm/model.ts';
import { compareStates } from '../../src/realm/compare.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan } from '../../src/realm/plan.ts';
import { findSecret } from '../../src/realm/secrets.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import type { Snapshot } from '../../src/realm/snapshot.ts';
import { readState } from '../../src/realm/state.ts';
import type { Connection, Proof } from '../../src/runbook/model.ts';
import type { Keycloak, References } from '../../src/runner/ports.ts';
import { seeObjects } from '../../src/runner/see.ts';
import { sameImages } from '../../src/realm/images.ts';
import { labSecret } from '../../src/sandbox/incident/clients.ts';

export interface Recovery {
  readonly connection: Connection;
  readonly before: Snapshot;
  readonly plan: Plan;
  /** `METHOD path` of each write, as described for the screen. */
  readonly writes: readonly string[];
  /** Writes whose objects did not read back as intended. */
  readonly unlike: readonly string[];
  readonly proofs: readonly Proof[];
  readonly after: Snapshot;
  /** Ids of differences that are left between the realm and the evidence, besides what exists only live. */
  readonly left: readonly string[];
}

/**
 * The heart of a recovery without runner and screen: capture, compare with the realm file, restore everything that was
 * lost or changed, prove, capture again. The same requests in the same order each time, so that it can be recorded
 * and played back.
 * @param oldSession  a refresh token of auth-service from before the incident
 */
export async function recover(keycloak: Keycloak, file: RealmRepresentation, oldSession: string): Promise<Recovery> {
  const connection = await keycloak.connect();
  const knownClients = (file.clients ?? []).flatMap((client) => client.clientId ?? []);
  const before = (await keycloak.capture({ knownClients, onProgress: () => undefined })).snapshot;
  const live = readState(before);
  const evidence = [readState({ realm: keycloak.realm, source: 'file:realm.json', completeness: 'stated', representation: file })];
  const differences = compareStates(live, evidence);
  const choices = Object.fromEntries(differences.filter((difference) => difference.change !== 'live-only').map((difference) => [difference.id, 'restore' as const]));
  const plan = makePlan({ live, evidence, differences, choices, order: orderOwners({ differences, live, evidence }) });

  const proofs: Proof[] = [];
  const { writes, unlike } = await sendPlan(keycloak, plan, live, evidence, async (group) => {
    for (const client of new Set(group.expectations.map((expectation) => expectation.client))) {
      proofs.push(...await keycloak.prove({
        client, expectations: group.expectations.filter((expectation) => expectation.client === client), probeUser: null,
        secret: live.representation.clients?.some((known) => known.clientId === client && known.serviceAccountsEnabled) ? labSecret(client) : undefined,
        refresh: { client: 'auth-service', token: oldSession, secret: labSecret('auth-service') },
        keysBefore: before.facts?.keys.map((key) => key.kid) ?? [], sessions: before.facts?.sessions ?? [],
      }));
    }
  });
  const after = (await keycloak.capture({ knownClients, onProgress: () => undefined })).snapshot;
  const left = compareStates(readState(after), evidence).filter((difference) => difference.change !== 'live-only').map((difference) => difference.id);
  return { connection, before, plan, writes, unlike, proofs, after, left };
}

/** Sends every operation of a plan once, in order, and reads each back; `proven` is called after each group. */
export async function sendPlan(keycloak: Keycloak, plan: Plan, live: RealmState, evidence: readonly RealmState[], proven?: (group: Group) => Promise<void>): Promise<Pick<Recovery, 'writes' | 'unlike'>> {
  const made = new Map<string, string>();
  const references: References = {
    id: (object) => made.get(object) ?? live.objects.get(object)?.serverId,
    role: (object) => {
      const id = references.id(object);
      const name = [live, ...evidence].map((state) => state.objects.get(object)?.name).find((known) => known !== undefined);
      return id === undefined || name === undefined ? undefined : { id, name };
    },
    secret: (object, field) => findSecret(evidence, object, field),
  };
  const writes: string[] = [];
  const unlike: string[] = [];
  for (const group of plan.groups) {
    for (const operation of group.operations) {
      writes.push(`${operation.request.method} ${keycloak.describe(operation.request, references)}`);
      await keycloak.send(operation.request, references);
      if (!(await readsBack(keycloak, operation, references, made))) unlike.push(operation.id);
    }
    await proven?.(group);
  }
  return { writes, unlike };
}

async function readsBack(keycloak: Keycloak, operation: Operation, references: References, made: Map<string, string>): Promise<boolean> {
  const seen = await seeObjects(keycloak, references, operation.after.map(({ id }) => id));
  for (const [id, serverId] of Object.entries(seen.ids)) made.set(id, serverId);
  return sameImages(seen.images, operation.after);
}
