/** The write for authorization settings that are gone: one import, once everything that they name is there. */
import { objectId } from '../keys.ts';
import type { Draft, PlanContext, Refusal } from '../kind.ts';
import type { Difference } from '../model.ts';
import { namedByPolicies } from '../normal/authorization.ts';
import { rawClient } from '../normal/raw.ts';
import { firstPlaceholder, isCreated, refusePlaceholder, withoutMasks } from './body.ts';

/**
 * Never part of the POST of the client: its roles do not exist then, and a role that does not exist silently falls out of
 * its policy (tried on 26.7.4: the policy is there, with no role in it).
 */
export function restoreAuthorization(difference: Difference, context: PlanContext): readonly Draft[] | Refusal {
  const { id, owner } = difference;
  const client = objectId('client', owner);
  const source = context.evidenceOf(id);
  const object = source?.objects.get(id);
  const settings = rawClient(source, owner)?.['authorizationSettings'];
  if (difference.change !== 'lost') return { refused: 'authorization settings are brought back only where none are left; change them in the admin console' };
  if (object === undefined || settings === undefined) return { refused: 'no evidence has the settings' };
  if (JSON.stringify(settings).includes('"type":"js"')) return { refused: 'the settings hold a script policy, which the server takes only as a deployed file' };
  if (!isCreated(client, context) && rawClient(context.live, owner)?.authorizationServicesEnabled !== true) {
    return { refused: `switch authorization on for ${owner} in the admin console, then run again` };
  }
  const body = withoutMasks(settings);
  const placeholder = firstPlaceholder(body);
  if (placeholder !== undefined) return refusePlaceholder(placeholder);
  return [{
    id: `import ${id}`, covers: [id], title: `authorization settings of ${owner}`,
    request: { method: 'POST', path: ['clients', { $id: client }, 'authz', 'resource-server', 'import'], body },
    before: [{ id, value: null }], after: [{ id, value: object.value }],
    inverse: null, inverseNote: 'Delete the resources and policies in the admin console where that is meant.',
    needs: ['manage-clients'], requires: [client, ...namedByPolicies(object.value)],
  }];
}
