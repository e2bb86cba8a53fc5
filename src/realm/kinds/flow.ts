import type { Json, JsonObject } from '../json.ts';
import { objectId, parseId } from '../keys.ts';
import type { Kind } from '../kind.ts';
import { isRecord, recordsIn } from '../looks.ts';
import type { Look, RealmState, RequestTemplate } from '../model.ts';
import { isBuiltinFlow } from '../normal/builtins.ts';
import { idsIn, rowsByFlow, UNLISTED_FLOW, withStepIds } from '../normal/flow-answers.ts';
import { flowValue, rawFlow, rawStepConfig, stepsOf } from '../normal/flows.ts';
import type { AuthenticationFlowRepresentation, AuthenticatorConfigRepresentation, RealmRepresentation } from '../representation.ts';
import { flowsWithin, restoreFlow } from '../writes/flow-writes.ts';
import { boundTo } from './flow-binding.ts';

export const flow: Kind = {
  name: 'flow',
  title: 'authentication flow',
  facts: {
    restored: 'step by step: one POST for the flow, for each step, sub-flow and settings; changes and removals are one write for each step',
    idKept: true,
    undo: 'yes, step by step; not where a step hangs in another flow that is shared',
    lostForGood: 'settings that the server masks, where no other source has them; new steps in built-in flows are refused',
  },
  extract: (representation) => {
    const flows = (representation.authenticationFlows ?? []).filter((raw) => raw.topLevel === true && raw.alias !== undefined);
    return {
      objects: flows.map((raw) => {
        const name = raw.alias ?? '';
        return { id: objectId('flow', name), kind: 'flow' as const, owner: `flow ${name}`, name, value: flowValue(raw, stepsOf(representation, name)), ...(raw.id === undefined ? {} : { serverId: raw.id }) };
      }),
      // No realm is without flows: an empty list says nothing.
      listed: flows.length === 0 ? [] : ['flow@*'],
    };
  },
  references: (found) => flowsWithin(found.value).map((alias) => objectId('flow', alias)),
  effect: (change, found, live, evidence) => {
    const users = usersOf(found.name, change === 'live-only' ? live : evidence);
    const used = users === '' ? 'nothing is bound to it' : `it decides ${users}`;
    if (change === 'lost') return `flow ${found.name} is gone; ${used}`;
    return change === 'changed' ? `flow ${found.name} asks for other steps; ${used}` : `flow ${found.name} exists only in the live realm; ${used}`;
  },
  // Which claims a token carries does not depend on how somebody logged in, but for acr and amr.
  claims: () => [],
  suggest: (change, found) => (change === 'lost' && isBuiltinFlow(found.name) ? { suggest: 'ask', because: 'the server makes its built-in flows itself, and another version has others' } : undefined),
  builtin: (found) => isBuiltinFlow(found.name),
  restore: restoreFlow,
  look: (id) => {
    const [name = '', part, sub = ''] = parseId(id).parts;
    return part === undefined ? lookAtFlow(name) : {
      request: { method: 'GET', path: ['authentication', 'flows', sub, 'executions'] },
      pick: (body) => (body === null ? null : { value: {} }),
    };
  },
  raw: (state, id) => {
    const [name = '', part, key = ''] = parseId(id).parts;
    return part === undefined ? rawFlow(state.representation, name) : { config: rawStepConfig(state.representation, name, key) };
  },
  // A flow stands in a file as several entries in two lists; half of them would break the import.
  inFile: () => [],
};

function usersOf(alias: string, state: RealmState): string {
  const found = boundTo(alias, state);
  return found.length > 3 ? `${found.slice(0, 3).join(', ')} and ${found.length - 3} more` : found.join(' and ');
}

/** The list of flows, then the steps of the one, then its sub-flows and settings by id. */
function lookAtFlow(alias: string): Look {
  const get = (...path: readonly string[]): RequestTemplate => ({ method: 'GET', path: ['authentication', ...path] });
  const called = (list: Json): readonly JsonObject[] => recordsIn(list).filter((raw) => raw['alias'] === alias);
  return {
    request: get('flows'),
    follow: ([list = null, steps, first]) => {
      const [listed] = called(list);
      if (listed === undefined && alias !== UNLISTED_FLOW) return [];
      const rows = recordsIn(steps);
      const unlisted = listed === undefined && typeof rows[0]?.['id'] === 'string' ? [get('executions', rows[0]['id'])] : [];
      const parent = isRecord(first ?? null) && unlisted.length > 0 ? (first as JsonObject)['parentFlow'] : undefined;
      return [
        get('flows', alias, 'executions'), ...unlisted, ...(typeof parent === 'string' ? [get('flows', parent)] : []),
        ...idsIn(rows, 'flowId').map((id) => get('flows', id)), ...idsIn(rows, 'authenticationConfig').map((id) => get('config', id)),
      ];
    },
    pick: (list, more) => {
      const [steps = null, ...parts] = more;
      const records = recordsIn(parts);
      const [listed, twin] = called(list);
      const top = listed ?? records.find((raw) => raw['alias'] === alias && 'authenticationExecutions' in raw);
      if (top === undefined) return null;
      const below = rowsByFlow(String(top['id'] ?? ''), steps);
      const others = records.filter((raw) => 'authenticationExecutions' in raw && raw['id'] !== top['id']);
      const representation: RealmRepresentation = {
        authenticationFlows: [top, ...others].map((raw) => withStepIds(raw, below.get(String(raw['id'] ?? ''))) as AuthenticationFlowRepresentation),
        authenticatorConfig: records.filter((raw) => 'config' in raw && !('authenticationExecutions' in raw)) as AuthenticatorConfigRepresentation[],
      };
      return { value: flowValue(top as AuthenticationFlowRepresentation, stepsOf(representation, alias)), ...(typeof top['id'] === 'string' ? { serverId: top['id'] } : {}), ...(twin === undefined ? {} : { twin: true }) };
    },
  };
}

