/** Flows for tables, in the shape of a capture: with ids of steps and settings. */
import { compareStates } from '../../src/realm/compare.ts';
import type { Choices } from '../../src/realm/choice.ts';
import type { Completeness, Difference, Plan, RealmState } from '../../src/realm/model.ts';
import { orderOwners } from '../../src/realm/order.ts';
import { makePlan } from '../../src/realm/plan.ts';
import type { AuthenticationExecutionRepresentation, AuthenticationFlowRepresentation, AuthenticatorConfigRepresentation, RealmRepresentation } from '../../src/realm/representation.ts';
import { state } from './incident.ts';

export const step = (authenticator: string, priority: number, rest: Readonly<Record<string, unknown>> = {}): AuthenticationExecutionRepresentation =>
  ({ id: `id-${authenticator}-${priority}`, authenticator, requirement: 'REQUIRED', priority, ...rest });

export const hung = (flowAlias: string, priority: number, rest: Readonly<Record<string, unknown>> = {}): AuthenticationExecutionRepresentation =>
  ({ id: `id-in-${flowAlias}-${priority}`, flowAlias, requirement: 'ALTERNATIVE', priority, authenticatorFlow: true, ...rest });

export const flow = (alias: string, executions: readonly AuthenticationExecutionRepresentation[], rest: Readonly<Record<string, unknown>> = {}): AuthenticationFlowRepresentation =>
  ({ id: `id-of-${alias}`, alias, providerId: 'basic-flow', topLevel: true, builtIn: false, authenticationExecutions: [...executions], ...rest });

export const sub = (alias: string, executions: readonly AuthenticationExecutionRepresentation[], rest: Readonly<Record<string, unknown>> = {}): AuthenticationFlowRepresentation => flow(alias, executions, { topLevel: false, ...rest });

export const settings = (alias: string, config: Readonly<Record<string, string>>): AuthenticatorConfigRepresentation => ({ id: `id-settings-${alias}`, alias, config: { ...config } });

export const realm = (flows: readonly AuthenticationFlowRepresentation[], config: readonly AuthenticatorConfigRepresentation[] = [], rest: RealmRepresentation = {}): RealmRepresentation =>
  ({ realm: 'primary', clients: [], authenticationFlows: [flow('browser', [step('auth-cookie', 10, { id: 'id-builtin-cookie' })], { builtIn: true }), ...flows], authenticatorConfig: [...config], ...rest });

export interface Compared {
  readonly live: RealmState;
  readonly evidence: RealmState;
  readonly differences: readonly Difference[];
}

export function compared(live: RealmRepresentation, evidence: RealmRepresentation, completeness: Completeness = 'full', version: string | null = null): Compared {
  const input = { live: state(live, 'live', 'full', version), evidence: state(evidence, 'snapshot:x', completeness) };
  return { ...input, differences: compareStates(input.live, [input.evidence]) };
}

/** The plan with everything restored, or with the answers given. */
export function planned(live: RealmRepresentation, evidence: RealmRepresentation, choices?: Choices, completeness: Completeness = 'full', version: string | null = null): Plan {
  const found = compared(live, evidence, completeness, version);
  const input = { live: found.live, evidence: [found.evidence], differences: found.differences };
  return makePlan({ ...input, order: orderOwners(input), choices: choices ?? Object.fromEntries(found.differences.map(({ id }) => [id, 'restore' as const])) });
}
