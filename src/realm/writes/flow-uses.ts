/** What a flow is bound to: the server answers 500 to deleting one that is in use, and breaks what hangs in another flow. */
import { objectId } from '../keys.ts';
import type { PlanContext } from '../kind.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { Json } from '../json.ts';
import type { ObjectId } from '../model.ts';

export interface FlowUses {
  /** In words, what would still use it. */
  readonly left: readonly string[];
  /** Ids of the operations that let go of it. */
  readonly released: readonly string[];
}

const BROKER = ['firstBrokerLoginFlowAlias', 'postBrokerLoginFlowAlias'] as const;

export function usesOf(alias: string, context: PlanContext): FlowUses {
  const { live } = context;
  const left: string[] = [];
  const released: string[] = [];
  const use = (id: ObjectId, what: string, isUsing: (wanted: Json) => boolean): void => {
    const chosen = context.chosen.get(id);
    const wanted = chosen === undefined ? undefined : context.wanted(chosen);
    if (wanted === undefined || isUsing(wanted)) left.push(what);
    else released.push(...['bind', 'update', 'delete', 'set'].map((verb) => `${verb} ${id}`));
  };
  for (const binding of live.objects.values()) {
    if (binding.kind === 'flow-binding' && binding.value === alias) use(binding.id, binding.owner === 'realm' ? `the realm (${binding.name})` : `client ${binding.owner}`, (wanted) => wanted === alias);
  }
  for (const provider of recordsIn(live.representation['identityProviders'] as Json | undefined)) {
    const name = String(provider['alias'] ?? '');
    const uses = (value: Json): boolean => isRecord(value) && BROKER.some((field) => value[field] === alias);
    if (uses(provider)) use(objectId('identity-provider', name), `identity provider ${name}`, uses);
  }
  for (const flow of live.representation.authenticationFlows ?? []) {
    if ((flow.authenticationExecutions ?? []).some((execution) => execution.flowAlias === alias)) left.push(`flow ${flow.alias ?? ''}`);
  }
  return { left, released };
}
