/** Authentication flows, their executions and required actions, to read and to copy; flow-writes.ts makes and changes them. */
import { randomUUID } from 'node:crypto';
import { freshData } from '../data/fresh.ts';
import { errorMessage, notFound } from '../refusal.ts';
import { created, done, ok, route, type Answer, type Request, type Route } from '../route.ts';
import { byAlias, byId, configOf, flowJson, stepsIn } from '../state/flows.ts';
import { object, objects, present, text } from '../state/json.ts';
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

function setAction(request: Request): Answer {
  Object.assign(action(request), present(object(request.body)));
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
  route(`GET ${BASE}/unregistered-required-actions`, 'view-realm', () => ok([])),
  route(`GET ${BASE}/required-actions/{alias}`, 'view-realm', (request) => ok(action(request))),
  route(`PUT ${BASE}/required-actions/{alias}`, 'manage-realm', setAction, { event: 'REQUIRED_ACTION' }),
];
