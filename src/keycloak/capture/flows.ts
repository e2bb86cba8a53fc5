import type { Json, JsonObject } from '../../realm/json.ts';
import { idsIn, rowsByFlow, UNLISTED_FLOW, withStepIds } from '../../realm/normal/flow-answers.ts';
import type { AuthenticationFlowRepresentation, AuthenticatorConfigRepresentation } from '../../realm/representation.ts';
import type { Api } from '../api.ts';
import { objects, text } from '../text.ts';
import type { Reading } from './reading.ts';

export interface Flows {
  readonly authenticationFlows: AuthenticationFlowRepresentation[];
  readonly authenticatorConfig: AuthenticatorConfigRepresentation[];
  readonly requiredActions: Json;
}

/**
 * All flows, sub-flows included, with the settings of their steps. `GET /authentication/flows` lists top-level flows
 * only; the sub-flows and the settings are found through the executions and asked for by id.
 */
export async function readFlows(reading: Reading): Promise<Flows | undefined> {
  const { api } = reading;
  return reading.part('authentication flows', 'view-realm', async () => {
    const listed = objects(await api.read(['authentication', 'flows']));
    const read = await reading.each('authentication flows', listed, async (flow) => ({ flow, executions: await executionsOf(api, text(flow['alias'])) }));
    const trees = [...read, ...(await unlistedFlow(api))];
    const rows = trees.flatMap(({ executions }) => executions);
    const sub = objects(await reading.each('authentication sub-flows', idsIn(rows, 'flowId'), (id) => api.read(['authentication', 'flows', id])));
    const settings = await reading.each('settings of authentication steps', idsIn(rows, 'authenticationConfig'), (id) => api.read(['authentication', 'config', id]));
    const below = new Map(trees.flatMap(({ flow, executions }) => [...rowsByFlow(text(flow['id']) ?? '', executions)]));
    const flows = [...trees.map(({ flow }) => flow), ...sub.filter((flow) => flow['topLevel'] !== true)];
    return {
      authenticationFlows: flows.map((flow) => withStepIds(flow, below.get(text(flow['id']) ?? '')) as AuthenticationFlowRepresentation),
      authenticatorConfig: [...objects(settings)] as AuthenticatorConfigRepresentation[],
      requiredActions: await api.read(['authentication', 'required-actions']),
    };
  });
}

/** Names that no address can carry are left without the ids of their steps: such a flow is compared, and not changed. */
async function executionsOf(api: Api, alias: string | undefined): Promise<readonly JsonObject[]> {
  return alias === undefined || ['', '.', '..'].includes(alias) ? [] : objects(await api.read(['authentication', 'flows', alias, 'executions']));
}

/** The flow that the list leaves out; its first step names it. */
async function unlistedFlow(api: Api): Promise<{ readonly flow: JsonObject; readonly executions: readonly JsonObject[] }[]> {
  const executions = await executionsOf(api, UNLISTED_FLOW);
  const step = text(executions[0]?.['id']);
  const [first] = step === undefined ? [] : objects([await api.read(['authentication', 'executions', step])]);
  const id = text(first?.['parentFlow']);
  return id === undefined ? [] : objects([await api.read(['authentication', 'flows', id])]).map((flow) => ({ flow, executions }));
}
