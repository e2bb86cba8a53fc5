import { expect, it } from 'vitest';
import type { RunEvent, RunState } from '../../src/runbook/model.ts';
import { replay } from '../../src/runbook/transition.ts';
import type { EffectContext } from '../../src/runner/context.ts';
import { clearCaches } from '../../src/runner/read.ts';
import { run } from '../runbook/fixtures.ts';

function contextOf(allowed: boolean): { readonly context: EffectContext; readonly happened: string[] } {
  const happened: string[] = [];
  const connection: RunEvent = { type: 'connect.succeeded', connection: { user: 'on-call', clientId: 'admin-cli', serverVersion: null, realmId: 'r', rights: [{ job: 'clear the caches', step: 'triage', allowed, role: 'manage-realm' }], rolesOf: { client: 'primary-realm', realm: 'master' } } };
  const state: RunState = replay([{ type: 'run.started', run }, connection]);
  const keycloak = { clearCaches: async () => void happened.push('cleared') };
  return { happened, context: { state: () => state, dispatch: (event: RunEvent) => void happened.push(event.type), ports: { keycloak } } as unknown as EffectContext };
}

it('caches are not cleared, nor meant to be, without the role', async () => {
  const { context, happened } = contextOf(false);
  await expect(clearCaches(context)).rejects.toMatchObject({
    code: 'missing-role', message: 'Clearing the caches takes manage-realm of client primary-realm of realm master, which these credentials lack; nothing was cleared.',
    next: [expect.stringContaining('Grant manage-realm to on-call in realm master'), expect.stringContaining('restart the node')],
  });
  expect(happened).toEqual([]);
});

it('with it they are, after it stands in the journal that they will be', async () => {
  const { context, happened } = contextOf(true);
  await clearCaches(context);
  expect(happened).toEqual(['caches.intended', 'cleared', 'caches.cleared']);
});
