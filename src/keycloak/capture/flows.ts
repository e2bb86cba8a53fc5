import type { Json, JsonObject } from '../../realm/json.ts';
import { objects, text } from '../text.ts';
import type { Reading } from './reading.ts';

export interface Flows {
  readonly authenticationFlows: JsonObject[];
  readonly authenticatorConfig: JsonObject[];
  readonly requiredActions: Json;
}

/**
 * All flows, sub-flows included, with the settings of their steps. `GET /authentication/flows` lists top-level flows
 * only; the sub-flows and the settings are found through the executions and asked for by id.
 */
export async function readFlows(reading: Reading): Promise<Flows | undefined> {
  const { api } = reading;
  return reading.part('authentication flows', 'view-realm', async () => {
    const top = objects(await api.read(['authentication', 'flows']));
    const executions = (await reading.each('authentication flows', top, async (flow) =>
      objects(await api.read(['authentication', 'flows', text(flow['alias']) ?? '', 'executions'])))).flat();
    const sub = await reading.each('authentication sub-flows', ids(executions, 'flowId'), (id) => api.read(['authentication', 'flows', id]));
    const settings = await reading.each('settings of authentication steps', ids(executions, 'authenticationConfig'), (id) => api.read(['authentication', 'config', id]));
    return {
      authenticationFlows: [...top, ...objects(sub)],
      authenticatorConfig: [...objects(settings)],
      requiredActions: await api.read(['authentication', 'required-actions']),
    };
  });
}

function ids(executions: readonly JsonObject[], field: string): string[] {
  return [...new Set(executions.flatMap((execution) => text(execution[field]) ?? []))];
}
