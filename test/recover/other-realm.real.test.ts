// Another realm of the same server as evidence: its ids are in use, and a server gives each id once in all of its realms.
import { expect, it } from 'vitest';
import { must, openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { addLiveOnly } from '../../src/sandbox/incident/destroy.ts';
import { createRealm, wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { CHANGED_CLIENTS, LOST_SCOPES } from '../../src/sandbox/incident/loss.ts';
import { confirmed, run, stageOn } from '../bad-input/story.ts';
import { readRealm } from '../harness/independent.ts';
import { sharedKeycloak } from '../harness/shared.ts';

it('what was lost comes back from another realm of the server, under ids of its own, and undo takes it back', async () => {
  const good = openAdminCalls({ ...sharedKeycloak(), realm: 'other-good' });
  await createRealm(good, 4);
  await addLiveOnly(good);
  await must(good, 'POST', '/authentication/flows', { alias: 'own', providerId: 'basic-flow', topLevel: true, builtIn: false });
  await must(good, 'POST', '/authentication/flows/own/executions/flow', { alias: 'own below', type: 'basic-flow', provider: 'basic-flow', description: '' });
  await must(good, 'POST', '/authentication/flows/own%20below/executions/execution', { provider: 'auth-cookie' });
  const story = { ...(await stageOn(sharedKeycloak(), 'other-bad')), evidence: 'realm:other-good' };

  const done = await run(story, ['recover'], { with: confirmed(story) });
  expect([done.exit, done.stderr]).toEqual([0, '']);
  const { plain } = await readRealm(story.calls);
  expect(Object.keys(plain.clientScopes)).toEqual(expect.arrayContaining(LOST_SCOPES.map(({ scope }) => scope)));
  for (const client of CHANGED_CLIENTS) expect(plain.clients[client], client).toEqual(story.wanted.clients[client]);
  const steps = (await must(story.calls, 'GET', '/authentication/flows/own/executions')) as unknown as readonly { readonly displayName: string }[];
  expect(steps.map(({ displayName }) => displayName)).toEqual(['own below', 'Cookie']);

  const undone = await run(story, ['undo', 'last'], { sessions: done.sessions, with: ['--confirm', story.realm] });
  expect([undone.exit, undone.stderr]).toEqual([0, expect.any(String)]);
  expect((await readRealm(story.calls)).plain.clients).toEqual(story.destroyed.clients);
  // The other realm is as it was.
  expect((await must(good, 'GET', '/authentication/flows/own/executions')) as unknown as readonly unknown[]).toHaveLength(2);
  for (const calls of [good, story.calls]) await wipeRealm(calls);
});
