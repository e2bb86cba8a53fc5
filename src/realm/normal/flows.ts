/**
 * The normal form of authentication flows: a flow with all its steps, those of its sub-flows included.
 *
 * A source keeps flows in one list, and a sub-flow hangs in another flow by its alias, which is unique in a realm. So steps are rows
 * that name the flow they stand in; `keyed` gives each its place as seen from the top-level flow.
 */
import { canonicalJson, compareText } from '../canonical.ts';
import { sightOfStep, type SettingDescriptions } from '../descriptions.ts';
import type { Json, JsonObject } from '../json.ts';
import { escapePart } from '../keys.ts';
import type { AuthenticationExecutionRepresentation, AuthenticationFlowRepresentation, AuthenticatorConfigRepresentation, RealmRepresentation } from '../representation.ts';
import { configValue, unknown } from '../unknowns.ts';

export interface StepConfig {
  /** Null for one that lost its name: the server takes a PUT without it. */
  readonly alias: string | null;
  /** What is compared; `$unknown` where the source has two different ones of that name. */
  readonly values: Json;
  readonly raw: Readonly<Record<string, string>>;
  readonly id?: string;
}

export interface SubFlow {
  readonly alias: string;
  /** `basic-flow` or `form-flow`; `$unknown` where the source mentions a flow that it does not have. */
  readonly type: Json;
  readonly description: string | null;
  readonly builtIn: boolean;
  /** True for a top-level flow that hangs in this one: its steps are its own and are not repeated here. */
  readonly apart: boolean;
  readonly id?: string;
}

/** One step (Keycloak: execution), apart from its place. */
export interface Step {
  /** Alias of the sub-flow that it stands in; empty for the top-level flow. */
  readonly within: string;
  /** What it is called among its siblings: the provider's id, or the alias of the sub-flow. */
  readonly name: string;
  readonly requirement: Json;
  readonly priority: number;
  /** The authenticator; for a sub-flow of type form-flow the provider of its page. */
  readonly provider: string | null;
  readonly config: StepConfig | null;
  readonly sub: SubFlow | null;
  readonly id?: string;
}

export interface KeyedStep<S extends Step = Step> {
  /** Names along the path from the top, escaped and joined with `/`; equals among siblings get ` #2`, ` #3`. */
  readonly key: string;
  /** Key of the sub-flow's step; empty at the top. */
  readonly parent: string;
  readonly step: S;
}

/** The flow of that alias. */
export function rawFlow(representation: RealmRepresentation | undefined, alias: string): AuthenticationFlowRepresentation | undefined {
  return representation?.authenticationFlows?.find((flow) => flow.alias === alias);
}

/** All steps of a flow, each once, also where a sub-flow hangs in two places. */
export function stepsOf(representation: RealmRepresentation, alias: string): readonly Step[] {
  const found: Step[] = [];
  const seen = new Set<string>();
  const walk = (flow: AuthenticationFlowRepresentation, within: string): void => {
    for (const execution of flow.authenticationExecutions ?? []) {
      const step = stepOf(representation, within, execution, alias);
      found.push(step);
      if (step.sub === null || step.sub.apart || seen.has(step.sub.alias)) continue;
      seen.add(step.sub.alias);
      const inner = rawFlow(representation, step.sub.alias);
      if (inner !== undefined) walk(inner, step.sub.alias);
    }
  };
  const top = rawFlow(representation, alias);
  if (top !== undefined) walk(top, '');
  return found;
}

function stepOf(representation: RealmRepresentation, within: string, execution: AuthenticationExecutionRepresentation, top: string): Step {
  const { flowAlias } = execution;
  const provider = execution.authenticator ?? null;
  const id = execution['id'];
  return {
    within, name: flowAlias ?? provider ?? '', provider, priority: execution.priority ?? 0,
    requirement: execution.requirement ?? unknown('no requirement is stated'),
    config: flowAlias === undefined ? configOf(representation, execution) : null,
    sub: flowAlias === undefined ? null : subFlow(rawFlow(representation, flowAlias), flowAlias, top),
    ...(typeof id === 'string' ? { id } : {}),
  };
}

function subFlow(flow: AuthenticationFlowRepresentation | undefined, alias: string, top: string): SubFlow {
  if (flow === undefined) return { alias, type: unknown(`the source has no flow ${alias}`), description: null, builtIn: false, apart: false };
  return {
    alias, type: flow.providerId ?? 'basic-flow', description: filled(flow.description), builtIn: flow.builtIn === true,
    apart: flow.topLevel === true || alias === top, ...(flow.id === undefined ? {} : { id: flow.id }),
  };
}

/** By id where the source says it (only a capture does); else by name, which two configurations can share. */
function configOf(representation: RealmRepresentation, execution: AuthenticationExecutionRepresentation): StepConfig | null {
  const all = representation.authenticatorConfig ?? [];
  const byId = all.find((config) => config.id !== undefined && config.id === execution['authenticatorConfigId']);
  const named = byId === undefined ? all.filter((config) => config.alias === execution.authenticatorConfig) : [byId];
  const [first] = named;
  if (byId === undefined && execution.authenticatorConfig === undefined) return null;
  if (first === undefined) return { alias: execution.authenticatorConfig ?? null, values: unknown('the source does not have this configuration'), raw: {} };
  const { settingDescriptions } = representation;
  const values = valuesOf(first, settingDescriptions);
  const torn = named.some((other) => canonicalJson(valuesOf(other, settingDescriptions)) !== canonicalJson(values));
  return { alias: first.alias ?? null, values: torn ? unknown('the source has two configurations of this name') : values, raw: first.config ?? {}, ...(first.id === undefined || torn ? {} : { id: first.id }) };
}

/** Empty texts are not stored by the server. */
function valuesOf({ config = {} }: AuthenticatorConfigRepresentation, descriptions: SettingDescriptions | undefined): JsonObject {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== '' && value !== null).map(([key, value]) => [key, configValue(key, value, sightOfStep(descriptions, key) === 'secret')]));
}

/** Steps with their places, from top to bottom: by priority, and where that is equal by what they are. */
export function keyed<S extends Step>(steps: readonly S[]): readonly KeyedStep<S>[] {
  const inside = Map.groupBy(steps, (step) => step.within);
  const walk = (within: string, parent: string, chain: readonly string[]): readonly KeyedStep<S>[] => {
    const sorted = (inside.get(within) ?? []).toSorted((a, b) => a.priority - b.priority || compareText(canonicalJson(entryOf(a)), canonicalJson(entryOf(b))));
    const used = new Set<string>();
    return sorted.flatMap((step) => {
      const key = freeKey(`${parent === '' ? '' : `${parent}/`}${escapePart(step.name)}`, used);
      const below = step.sub === null || step.sub.apart || chain.includes(step.sub.alias) ? [] : walk(step.sub.alias, key, [...chain, step.sub.alias]);
      return [{ key, parent, step }, ...below];
    });
  };
  return walk('', '', []);
}

function freeKey(wanted: string, used: Set<string>): string {
  let key = wanted;
  for (let n = 2; used.has(key); n += 1) key = `${wanted} #${n}`;
  used.add(key);
  return key;
}

/** What is compared of one step. */
export function entryOf(step: Step): JsonObject {
  const { sub, config } = step;
  return {
    requirement: step.requirement, priority: step.priority,
    ...(step.provider === null ? {} : { provider: step.provider }),
    ...(config === null ? {} : { configAlias: config.alias ?? '', ...(isEmpty(config.values) ? {} : { config: config.values }) }),
    ...(sub === null ? {} : sub.apart ? { flow: sub.alias } : { subflow: sub.type, ...(sub.description === null ? {} : { description: sub.description }) }),
  };
}

/** The steps of a flow in normal form. */
export function stepsValue(steps: readonly Step[]): JsonObject {
  return Object.fromEntries(keyed(steps).map(({ key, step }) => [key, entryOf(step)]));
}

/** A flow in normal form: its own fields, and its steps by their places. */
export function flowValue(flow: Pick<AuthenticationFlowRepresentation, 'providerId' | 'description'>, steps: readonly Step[]): JsonObject {
  const description = filled(flow.description);
  return { providerId: flow.providerId ?? 'basic-flow', ...(description === null ? {} : { description }), steps: stepsValue(steps) };
}

/** The configuration behind a step by its place, for secrets. */
export function rawStepConfig(representation: RealmRepresentation, alias: string, key: string): Readonly<Record<string, string>> | undefined {
  return keyed(stepsOf(representation, alias)).find((found) => found.key === key)?.step.config?.raw;
}

/** The alias of the flow with that id; undefined where the source has none, as for ids of another time. */
export function aliasOf(representation: RealmRepresentation, id: string): string | undefined {
  return representation.authenticationFlows?.find((flow) => flow.id === id)?.alias;
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function isEmpty(value: Json): boolean {
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0;
}
