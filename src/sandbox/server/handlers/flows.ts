/** Authentication flows, their executions and required actions, to read and to copy; flow-writes.ts makes and changes them. */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../realm/json.ts';
import { freshData } from '../data/fresh.ts';
import { described, errorMessage, notFound, Refusal } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { byAlias, byId, configOf, flowJson, stepsIn } from '../state/flows.ts';
import { filledMap, object, objects, present, text } from '../state/json.ts';
import type { Fields, RealmRow } from '../state/model.ts';

function flowAt({ realm, params }: Request, error: string): Fields {
  const flow = byAlias(realm, params['flow']);
  if (flow === undefined) throw notFound(error);
  return flow;
}

function flowById({ realm, params }: Request): Fields {
  const flow = byId(realm, params['flow']);
  if (flow === undefined) throw notFound('Could not find flow with id');
  return flow;
}

/** Copies the flow, the flows in it and the configs in them; names get the new name in front. */
function copy(request: Request): Answer {
  const { realm } = request;
  const newName = text(object(request.body)['newName']) ?? '';
  if (byAlias(realm, newName) !== undefined) throw errorMessage(409, 'New flow alias name already exists');
  const id = copyFlow(realm, flowAt(request, 'Flow not found'), newName, newName);
  return { ...created(id), events: [{ representation: { newName, id }, path: request.path }] };
}

function copyFlow(realm: RealmRow, source: Fields, alias: string, prefix: string): string {
  const id = randomUUID();
  const executions = objects(source['authenticationExecutions']).map((execution): Fields => {
    const next: Fields = { ...execution, id: randomUUID() };
    const inner = byAlias(realm, execution['flowAlias']);
    if (inner !== undefined) {
      next['flowAlias'] = `${prefix} ${String(inner['alias'])}`;
      copyFlow(realm, inner, next['flowAlias'], prefix);
    }
    const config = configOf(realm, execution);
    if (config !== undefined) {
      const id = randomUUID();
      next['authenticatorConfigId'] = id;
      realm.authenticatorConfigs.push({ ...config, id, alias: `${prefix} ${String(config['alias'])}` });
    }
    return next;
  });
  realm.flows.push({ ...source, id, alias, builtIn: false, authenticationExecutions: executions });
  return id;
}

/** The executions of a flow and of the flows in it, from top to bottom, each with its depth. */
function executions(realm: RealmRow, flow: Fields, level = 0): Fields[] {
  return stepsIn(flow).flatMap((execution, index) => {
    const base = { id: execution['id'] ?? '', requirement: execution['requirement'] ?? '', level, index, priority: execution['priority'] ?? 0 };
    const inner = byAlias(realm, execution['flowAlias']);
    if (inner !== undefined) {
      const page = text(execution['authenticator']);
      const choices = page === null ? ['REQUIRED', 'ALTERNATIVE', 'DISABLED', 'CONDITIONAL'] : ['REQUIRED', 'DISABLED'];
      const row = present({ ...base, displayName: inner['alias'], description: inner['description'], requirementChoices: choices, configurable: false, authenticationFlow: true, providerId: page, flowId: inner['id'] });
      return [row, ...executions(realm, inner, level + 1)];
    }
    const provider = text(execution['authenticator']) ?? '';
    const config = configOf(realm, execution);
    const known = freshData.executions[provider] ?? { displayName: provider, requirementChoices: [], configurable: false };
    return [present({ ...base, ...known, providerId: provider, alias: config?.['alias'], authenticationConfig: config?.['id'] })];
  });
}

function action({ realm, params }: Request): Fields {
  const found = realm.requiredActions.find((row) => row['alias'] === params['alias']);
  if (found === undefined) throw notFound('Failed to find required action');
  return found;
}

/** Replaces the action; a body without the alias takes it away, and nobody finds the action again. */
function setAction(request: Request): Answer {
  const found = action(request);
  const sent = object(request.body);
  const next = present({ alias: sent['alias'], name: sent['name'], providerId: found['providerId'], enabled: sent['enabled'] ?? false, defaultAction: sent['defaultAction'] ?? false, priority: sent['priority'] ?? 0, config: filledMap(sent['config']) });
  request.realm.requiredActions = request.realm.requiredActions.map((row) => (row === found ? next : row));
  return done;
}

function removeAction(request: Request): Answer {
  const found = action(request);
  request.realm.requiredActions = request.realm.requiredActions.filter((row) => row !== found);
  return done;
}

const actionProviders = (): readonly JsonObject[] => objects(freshData.realm['requiredActions'] as Json);

const unregistered = ({ realm }: Request): Fields[] =>
  actionProviders().filter((row) => !realm.requiredActions.some((known) => known['providerId'] === row['providerId'])).map((row) => present({ providerId: row['providerId'], name: row['name'] }));

/** On, asked of nobody by itself, after all the others. */
function register(request: Request): Answer {
  const sent = object(request.body);
  const { requiredActions } = request.realm;
  if (!actionProviders().some((row) => row['providerId'] === sent['providerId'])) throw new Refusal(400, { error: 'Required Action Provider with given providerId not found' });
  if (requiredActions.some((row) => row['providerId'] === sent['providerId'])) throw described(409, 'conflict', 'A Required Action Provider with given alias already exists.');
  const last = Math.max(0, ...requiredActions.map((row) => Number(row['priority'] ?? 0)));
  requiredActions.push(present({ alias: sent['providerId'], name: sent['name'], providerId: sent['providerId'], enabled: true, defaultAction: false, priority: last + 1, config: {} }));
  return done;
}

/** The list that the console shows; the SAML ECP flow is left out there. */
const topLevel = ({ realm }: Request): Answer => ok(realm.flows.filter((flow) => flow['topLevel'] === true && flow['alias'] !== 'saml ecp').map((flow) => flowJson(realm, flow)));
const FLOW = { event: 'AUTH_FLOW' };
const BASE = '/authentication';

export const FLOW_ROUTES: readonly Route[] = [
  route(`GET ${BASE}/flows`, 'any', topLevel),
  route(`GET ${BASE}/flows/{flow}`, 'view-realm', (request) => ok(flowJson(request.realm, flowById(request)))),
  route(`POST ${BASE}/flows/{flow}/copy`, 'manage-realm', copy, FLOW),
  route(`GET ${BASE}/flows/{flow}/executions`, 'view-realm', (request) => ok(executions(request.realm, flowAt(request, 'flow not found')))),
  route(`GET ${BASE}/required-actions`, 'any', ({ realm }) => ok(realm.requiredActions)),
  route(`GET ${BASE}/unregistered-required-actions`, 'view-realm', (request) => ok(unregistered(request))),
  route(`POST ${BASE}/register-required-action`, 'manage-realm', register, { event: 'REQUIRED_ACTION' }),
  route(`GET ${BASE}/required-actions/{alias}`, 'view-realm', (request) => ok(action(request))),
  route(`PUT ${BASE}/required-actions/{alias}`, 'manage-realm', setAction, { event: 'REQUIRED_ACTION' }),
  route(`DELETE ${BASE}/required-actions/{alias}`, 'manage-realm', removeAction, { event: 'REQUIRED_ACTION' }),
];
