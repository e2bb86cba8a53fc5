import { expect, it } from 'vitest';
import type { Json } from '../../src/realm/json.ts';
import type { Look, Picked } from '../../src/realm/model.ts';
import type { References } from '../../src/runner/ports.ts';
import { seeObjects } from '../../src/runner/see.ts';

/** A server that has one client with authorization services, and nothing else. */
const SERVER: Readonly<Record<string, Json>> = {
  'clients': [{ id: 'made-by-the-server', clientId: 'guarded' }],
  'clients/made-by-the-server/authz/resource-server/settings': { allowRemoteResourceManagement: true, policyEnforcementMode: 'ENFORCING', decisionStrategy: 'UNANIMOUS' },
};
const nothing: References = { id: () => undefined, role: () => undefined, secret: () => undefined };
const look = async ({ request, pick }: Look, { id }: References): Promise<Picked | null> =>
  pick(SERVER[request.path.map((part) => (typeof part === 'string' ? part : '$id' in part ? id(part.$id) ?? '' : '')).join('/')] ?? null, []);

it('what lies in an object that was only just made is seen by the id that this very look finds', async () => {
  const seen = await seeObjects({ look }, nothing, ['client:guarded', 'authorization:guarded/settings/policyEnforcementMode']);
  expect(seen.ids['client:guarded']).toBe('made-by-the-server');
  expect(seen.images.map(({ value }) => value !== null)).toEqual([true, true]);
});
