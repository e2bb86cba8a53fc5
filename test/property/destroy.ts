import { expect } from 'vitest';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../src/sandbox/incident/read.ts';
import { createRealm } from '../../src/sandbox/incident/stage.ts';
import { evidenceOf, type Column } from './evidence.ts';
import { damagesOf, readWhole, recover, resume, undo, type World } from './trial.ts';

/** Makes the realm with every kind in it. */
export async function buildWorld(world: World): Promise<void> {
  await createRealm(world.calls, 6);
  for (const family of world.families) await family.build(world.calls);
  await useServiceAccounts(world.calls);
}

/** Before 26.1 the first token of a service account adds three mappers to its client: in a realm that is in use they are there. */
async function useServiceAccounts(calls: AdminCalls): Promise<void> {
  for (const client of list(await must(calls, 'GET', '/clients?max=-1'))) {
    const [clientId, secret] = [text(client, 'clientId'), text(client, 'secret')];
    if (object(client)?.['serviceAccountsEnabled'] !== true || clientId === undefined || secret === undefined) continue;
    expect((await calls.token({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret })).status, clientId).toBe(200);
  }
}

/**
 * One seed: damages, recovery, undo, the same run resumed, undo, another recovery. Before each comes an independent reading, and the last recovery leaves the realm for
 * the next seed as it was. Fails with the seed and its damages.
 */
export async function destroyAndRecover(world: World, seed: number, column: Column = 'snapshot'): Promise<void> {
  const known = await evidenceOf(world, column, seed);
  const damages = damagesOf(seed, world.families, known.covers);
  const said = `seed ${seed} from ${column}: ${damages.map(({ name }) => name).join(' · ')}`;
  const before = await readWhole(world);
  for (const damage of damages) await damage.apply(world.calls);
  const destroyed = await readWhole(world);
  expect(destroyed.plain, said).not.toEqual(before.plain);

  const first = await recover(world, [known.spec]);
  expect(first.refused, said).toEqual([]);
  const after = await readWhole(world);
  expect(after.plain, `${said}\n${first.run.stderr}`).toEqual(before.plain);
  // A hand-written file has no ids to keep.
  if (column !== 'stated') expect(after.identity.clients, said).toEqual(before.identity.clients);
  expect(after.identity.keys, said).toEqual(before.identity.keys);
  expect(first.account, `${said}\n${first.run.stderr}`).toMatchObject({ ok: true });
  expect([0, 4], `${said}\n${first.run.stderr}`).toContain(first.run.exit);

  const takeBack = async () => {
    const undone = await undo(world, first.session);
    expect((await readWhole(world)).plain, `${said}\nundo: ${undone.stdout}${undone.stderr}`).toEqual(destroyed.plain);
    expect(undone.exit, undone.stderr).toBe(0);
  };
  await takeBack();
  const resumed = await resume(world, first.session);
  expect((await readWhole(world)).plain, `${said}\nresumed: ${resumed.stderr}`).toEqual(before.plain);
  expect([0, 4], `${said}\nresumed: ${resumed.stderr}`).toContain(resumed.exit);
  await takeBack();

  const again = await recover(world, [known.spec]);
  expect((await readWhole(world)).plain, `${said}\nonce more: ${again.run.stderr}`).toEqual(before.plain);
}
