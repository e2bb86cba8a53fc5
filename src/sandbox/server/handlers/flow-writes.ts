/** Making flows, steps and settings one by one. Refusals and traps as tried on 26.7.4; see test/sandbox/calls/flows.ts. */
import { randomUUID } from 'node:crypto';
import { freshData } from '../data/fresh.ts';
import { described, errorMessage, notFound, Refusal, unknownError } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { byAlias, byId, configJson, configOf, dropFlow, dropStepContent, isBound, setSteps, stepById } from '../state/flows.ts';
import { filledMap, object, present, text, without } from '../state/json.ts';
import type { Fields, RealmRow } from '../state/model.ts';

const RESERVED = /[:/?#[\]@!$&()*+,;=\\]/;
const REQUIREMENTS = new Set(['REQUIRED', 'ALTERNATIVE', 'DISABLED', 'CONDITIONAL']);
const conflict = (): Refusal => described(409, 'conflict', 'Duplicate resource error');
const refused = (error: string): Refusal => new Refusal(400, { error });

function checkName(alias: string): void {
  const reserved = RESERVED.exec(alias)?.[0];
  if (reserved !== undefined) throw refused(`Character '${reserved}' not allowed.`);
}

/** The id in the body, where there is one; used ones and long ones are refused each in its own way. */
function idFor(realm: RealmRow, sent: unknown): string {
  if (typeof sent !== 'string') return randomUUID();
  if (sent.length > 36) throw unknownError();
  if (byId(realm, sent) !== undefined || stepById(realm, sent) !== undefined || realm.authenticatorConfigs.some((row) => row['id'] === sent)) throw conflict();
  return sent;
}

/** Steps in the body are ignored. */
function createFlow({ realm, body }: Request): Answer {
  const sent = object(body);
  const alias = text(sent['alias']) ?? '';
  if (alias === '') throw errorMessage(409, 'Failed to create flow with empty alias name');
  if (byAlias(realm, alias) !== undefined) throw errorMessage(409, `Flow ${alias} already exists`);
  checkName(alias);
  const id = idFor(realm, sent['id']);
  realm.flows.push({ ...present({ id, alias, description: text(sent['description']) ?? '', providerId: sent['providerId'] }), topLevel: sent['topLevel'] === true, builtIn: sent['builtIn'] === true, authenticationExecutions: [] });
  return created(id);
}

/** All fields are set to what the body has; without a providerId the row is refused by the database. */
function updateFlow({ realm, params, body }: Request): Answer {
  const sent = object(body);
  const flow = byId(realm, params['flow']);
  const alias = text(sent['alias']) ?? '';
  if (alias === '') throw errorMessage(409, 'Failed to update flow with empty alias name');
  checkName(alias);
  if (flow === undefined) throw notFound('Illegal execution flow');
  if (text(sent['providerId']) === null) throw conflict();
  const fields = present({ description: sent['description'], providerId: sent['providerId'] });
  const before = without(flow, ['description']);
  for (const other of realm.flows) setSteps(other, (steps) => steps.map((step) => (step['flowAlias'] === before['alias'] ? { ...step, flowAlias: alias } : step)));
  for (const key of Object.keys(flow)) delete flow[key];
  Object.assign(flow, before, fields, { alias, topLevel: sent['topLevel'] === true, builtIn: sent['builtIn'] === true });
  return done;
}

function deleteFlow({ realm, params }: Request): Answer {
  const flow = byId(realm, params['flow']);
  if (flow === undefined) throw notFound('Flow not found');
  if (flow['builtIn'] === true) throw refused("Can't delete built in flow");
  if (isBound(realm, flow)) throw unknownError();
  dropFlow(realm, flow);
  return done;
}

/** Settings that others have can be taken over by their alias. */
function createStep({ realm, body }: Request): Answer {
  const sent = object(body);
  const parent = byId(realm, sent['parentFlow']);
  if (parent === undefined) throw refused('execution parent flow does not exist');
  if (parent['builtIn'] === true) throw refused('It is illegal to add execution to a built in flow');
  const provider = text(sent['authenticator']);
  if (sent['authenticatorFlow'] !== true && freshData.executions[provider ?? ''] === undefined) throw refused(`No authentication provider found for id: ${provider ?? 'null'}`);
  if (!REQUIREMENTS.has(text(sent['requirement']) ?? '')) throw unknownError();
  const config = realm.authenticatorConfigs.find((row) => row['alias'] === sent['authenticatorConfig']);
  if (sent['authenticatorConfig'] !== undefined && config === undefined) throw unknownError();
  const id = idFor(realm, sent['id']);
  const sub = byId(realm, sent['flowId']);
  const step: Fields = {
    ...present({ id, authenticator: provider, flowAlias: sub?.['alias'], authenticatorConfigId: config?.['id'] }), requirement: sent['requirement'] ?? '', priority: sent['priority'] ?? 0,
    authenticatorFlow: sent['authenticatorFlow'] === true, autheticatorFlow: sent['authenticatorFlow'] === true, userSetupAllowed: false,
  };
  setSteps(parent, (steps) => [...steps, step]);
  return created(id);
}

function readStep({ realm, params }: Request): Answer {
  const found = stepById(realm, params['id']);
  if (found === undefined) throw notFound('Illegal execution');
  const { flow, step } = found;
  const inner = byAlias(realm, step['flowAlias']);
  const config = configOf(realm, step);
  return ok({ ...without(step, ['flowAlias', 'authenticatorConfigId', 'userSetupAllowed']), ...present({ authenticatorConfig: config?.['id'], flowId: inner?.['id'] }), parentFlow: flow['id'] ?? '' });
}

/** The sub-flow and the settings go too, also where another step has them. */
function deleteStep({ realm, params }: Request): Answer {
  const found = stepById(realm, params['id']);
  if (found === undefined) throw notFound('Illegal execution');
  if (found.flow['builtIn'] === true) throw refused('It is illegal to remove execution from a built in flow');
  dropStepContent(realm, found.step);
  setSteps(found.flow, (steps) => steps.filter((step) => step !== found.step));
  return done;
}

/** A priority that the body leaves out becomes 0; without a requirement the server fails. */
function updateStep(request: Request): Answer {
  const { realm, params, body } = request;
  const sent = object(body);
  if (byAlias(realm, params['flow']) === undefined) throw notFound('flow not found');
  const found = stepById(realm, sent['id']);
  if (found === undefined) throw notFound('Illegal execution');
  if (!REQUIREMENTS.has(text(sent['requirement']) ?? '')) throw unknownError();
  setSteps(found.flow, (steps) => steps.map((step) => (step === found.step ? { ...step, requirement: sent['requirement'] ?? '', priority: sent['priority'] ?? 0 } : step)));
  return { ...done, events: [{ representation: { ...sent, level: sent['level'] ?? 0, index: sent['index'] ?? 0 } }] };
}

/** Settings that the step had before are gone. */
function createConfig({ realm, params, body }: Request): Answer {
  const sent = object(body);
  const alias = text(sent['alias']) ?? '';
  const found = stepById(realm, params['id']);
  checkName(alias);
  if (found === undefined) throw notFound('Illegal execution');
  if (alias === '') throw errorMessage(409, 'Failed to create authentication execution configuration with empty alias name');
  if (realm.authenticatorConfigs.some((row) => row['alias'] === alias)) throw errorMessage(409, `Authentication execution configuration ${alias} already exists`);
  const id = idFor(realm, sent['id']);
  const old = configOf(realm, found.step);
  realm.authenticatorConfigs = [...realm.authenticatorConfigs.filter((row) => row !== old), { id, alias, config: filledMap(sent['config']) }];
  setSteps(found.flow, (steps) => steps.map((step) => (step === found.step ? { ...without(step, ['authenticatorConfig']), authenticatorConfigId: id } : step)));
  return created(id);
}

function configAt({ realm, params }: Request): Fields {
  const found = realm.authenticatorConfigs.find((row) => row['id'] === params['id']);
  if (found === undefined) throw notFound('Could not find authenticator config');
  return found;
}

/** The whole is replaced; a name that others have is taken, and one that is left out is gone. */
function updateConfig(request: Request): Answer {
  const { realm, body } = request;
  const old = configAt(request);
  const sent = object(body);
  checkName(text(sent['alias']) ?? '');
  for (const flow of realm.flows) setSteps(flow, (steps) => steps.map((step) => (configOf(realm, step) === old ? { ...without(step, ['authenticatorConfig']), authenticatorConfigId: old['id'] ?? '' } : step)));
  realm.authenticatorConfigs = realm.authenticatorConfigs.map((row) => (row === old ? { id: row['id'] ?? '', ...present({ alias: sent['alias'] }), config: filledMap(sent['config']) } : row));
  return done;
}

function deleteConfig(request: Request): Answer {
  const { realm } = request;
  const old = configAt(request);
  for (const flow of realm.flows) setSteps(flow, (steps) => steps.map((step) => (configOf(realm, step) === old ? without(step, ['authenticatorConfig', 'authenticatorConfigId']) : step)));
  realm.authenticatorConfigs = realm.authenticatorConfigs.filter((row) => row !== old);
  return done;
}

const FLOW = { event: 'AUTH_FLOW' };
const STEP = { event: 'AUTH_EXECUTION' };
const CONFIG = { event: 'AUTHENTICATOR_CONFIG' };
const BASE = '/authentication';

export const FLOW_WRITE_ROUTES: readonly Route[] = [
  route(`POST ${BASE}/flows`, 'manage-realm', createFlow, FLOW),
  route(`PUT ${BASE}/flows/{flow}`, 'manage-realm', updateFlow, FLOW),
  route(`DELETE ${BASE}/flows/{flow}`, 'manage-realm', deleteFlow, FLOW),
  route(`PUT ${BASE}/flows/{flow}/executions`, 'manage-realm', updateStep, STEP),
  route(`POST ${BASE}/executions`, 'manage-realm', createStep, STEP),
  route(`GET ${BASE}/executions/{id}`, 'view-realm', readStep),
  route(`DELETE ${BASE}/executions/{id}`, 'manage-realm', deleteStep, STEP),
  route(`POST ${BASE}/executions/{id}/config`, 'manage-realm', createConfig, CONFIG),
  route(`GET ${BASE}/config/{id}`, 'view-realm', (request) => ok(configJson(configAt(request)))),
  route(`PUT ${BASE}/config/{id}`, 'manage-realm', updateConfig, CONFIG),
  route(`DELETE ${BASE}/config/{id}`, 'manage-realm', deleteConfig, CONFIG),
];

