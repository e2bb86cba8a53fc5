/**
 * The writes for required actions. Registering one gives it the server's own settings and the last place, so a PUT follows. PUT replaces
 * everything, and one without the alias is answered 204 and leaves an action that nobody finds again (all tried on 26.7.4).
 */
import type { Json, JsonObject } from '../json.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import { isRecord } from '../looks.ts';
import type { Difference, RequestTemplate } from '../model.ts';
import { unknown } from '../unknowns.ts';
import { firstPlaceholder, refusePlaceholder, valueBody } from './body.ts';

const REGISTERED = unknown('as the server registers it');

export function restoreRequiredAction(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id, name } = difference;
  const item = ['authentication', 'required-actions', name];
  const live = context.live.objects.get(id)?.value ?? null;
  const common = { covers: [id], title: `required action ${name}`, needs: ['manage-realm'], requires: [] };
  const put = (value: JsonObject): RequestTemplate => ({ method: 'PUT', path: item, body: { ...value, config: valueBody(id, 'config', value['config'] ?? {}, isRecord(live) ? live['config'] : undefined), alias: name } });
  if (difference.change === 'live-only') {
    return [{
      ...common, id: `delete ${id}`, note: 'removed', request: { method: 'DELETE', path: item }, before: [{ id, value: live }], after: [{ id, value: null }],
      inverse: null, inverseNote: 'Register it again in the admin console, under Authentication, Required actions: the server would not keep its settings.',
    }];
  }
  const value = wholeValue(name, context.wanted(difference), context);
  if (value === undefined) return { refused: 'no evidence has it' };
  const placeholder = firstPlaceholder(value);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  if (difference.change === 'changed') {
    return isRecord(live) ? [{ ...common, id: `update ${id}`, request: put(value), before: [{ id, value: live }], after: [{ id, value }], inverse: put(live) }] : { refused: 'it is not in the live realm any more' };
  }
  if (value['providerId'] !== name) return { refused: `the server registers it under the name of its provider, ${String(value['providerId'])}, not as ${name}` };
  return [
    {
      ...common, id: `register ${id}`, note: 'with the settings of the server', request: { method: 'POST', path: ['authentication', 'register-required-action'], body: { providerId: name, name: value['name'] ?? name } },
      before: [{ id, value: null }], after: [{ id, value: REGISTERED }], inverse: { method: 'DELETE', path: item },
    },
    {
      ...common, id: `update ${id}`, note: 'set to the evidence', request: put(value), before: [{ id, value: REGISTERED }], after: [{ id, value }],
      inverse: null, inverseNote: 'It goes when the action is removed again.', undoneWith: `register ${id}`, afterOperations: [`register ${id}`],
    },
  ];
}

/** What a file leaves out is as the server registers it: on, asked of nobody by itself, in the last place. */
function wholeValue(name: string, value: Json | undefined, context: PlanContext): JsonObject | undefined {
  if (!isRecord(value)) return undefined;
  const places = [...context.live.objects.values()].map((object) => (object.kind === 'required-action' && isRecord(object.value) ? Number(object.value['priority'] ?? 0) : 0));
  return { name, providerId: name, enabled: true, defaultAction: false, priority: Math.max(0, ...places) + 1, config: {}, ...value };
}
