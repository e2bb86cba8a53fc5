/** Finding flows, their steps and the settings of these. Steps are rows inside their flow; a sub-flow hangs in another by its alias. */
import { object, objects, text, without } from './json.ts';
import type { Fields, RealmRow } from './model.ts';

export const byAlias = (realm: RealmRow, alias: unknown): Fields | undefined => realm.flows.find((flow) => flow['alias'] === alias);
export const byId = (realm: RealmRow, id: unknown): Fields | undefined => realm.flows.find((flow) => flow['id'] === id);

export const stepsIn = (flow: Fields): readonly Fields[] => objects(flow['authenticationExecutions']).toSorted((a, b) => Number(a['priority'] ?? 0) - Number(b['priority'] ?? 0));

/** A step with the flow that it stands in. */
export function stepById(realm: RealmRow, id: unknown): { readonly flow: Fields; readonly step: Fields } | undefined {
  for (const flow of realm.flows) {
    const step = objects(flow['authenticationExecutions']).find((row) => row['id'] === id);
    if (step !== undefined) return { flow, step };
  }
  return undefined;
}

export function setSteps(flow: Fields, change: (steps: readonly Fields[]) => readonly Fields[]): void {
  flow['authenticationExecutions'] = [...change(objects(flow['authenticationExecutions']))];
}

/** By id; a step that came with a whole realm names its settings by alias. */
export function configOf(realm: RealmRow, step: Fields): Fields | undefined {
  const id = step['authenticatorConfigId'];
  return realm.authenticatorConfigs.find((row) => (id === undefined ? step['authenticatorConfig'] !== undefined && row['alias'] === step['authenticatorConfig'] : row['id'] === id));
}

/** What an export and `GET flows` say of a flow: its steps by priority, without ids. */
export function flowJson(realm: RealmRow, flow: Fields): Fields {
  const authenticationExecutions = stepsIn(flow).map((step): Fields => {
    const alias = text(configOf(realm, step)?.['alias']);
    return { ...without(step, ['id', 'authenticatorConfig', 'authenticatorConfigId']), ...(alias === null ? {} : { authenticatorConfig: alias }) };
  });
  return { ...flow, authenticationExecutions };
}

/** Keys that the providers declare, for those that people give settings most often; any other key is shown masked, like a declared secret. */
const DECLARED = new Set([
  'defaultProvider', 'credentials', 'update.profile.on.first.login', 'require.password.update.after.registration', 'site.key', 'action', 'condUserRole', 'negate', 'attribute_name', 'attribute_expected_value', 'include_group_attributes', 'not', 'regex', 'max_age', 'loa-condition-level', 'loa-max-age',
]);

export function configJson(config: Fields): Fields {
  const values = Object.entries(object(config['config'])).map(([key, value]) => [key, DECLARED.has(key) ? value : '**********'] as const);
  return { ...config, config: Object.fromEntries(values) };
}

/** Everything below a flow goes with it, whoever else has it hanging in a flow of his own. */
export function dropFlow(realm: RealmRow, flow: Fields): void {
  for (const step of objects(flow['authenticationExecutions'])) dropStepContent(realm, step);
  realm.flows = realm.flows.filter((row) => row !== flow);
}

export function dropStepContent(realm: RealmRow, step: Fields): void {
  const config = configOf(realm, step);
  if (config !== undefined) realm.authenticatorConfigs = realm.authenticatorConfigs.filter((row) => row !== config);
  const inner = byAlias(realm, step['flowAlias']);
  if (inner !== undefined) dropFlow(realm, inner);
}

/** Whether the realm, a client or an identity provider is bound to a flow. */
export function isBound(realm: RealmRow, flow: Fields): boolean {
  const bindings = Object.entries(realm.fields).some(([key, value]) => key.endsWith('Flow') && value === flow['alias']);
  const overrides = realm.clients.some((client) => Object.values(object(client.fields['authenticationFlowBindingOverrides'])).includes(text(flow['id']) ?? ''));
  return bindings || overrides || realm.identityProviders.some((provider) => ['firstBrokerLoginFlowAlias', 'postBrokerLoginFlowAlias'].some((field) => provider[field] === flow['alias']));
}
