// Half a second and a whole one for every sync, and tokens that live for as long as two of them.
import { expect, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { readRealm } from '../harness/independent.ts';
import { loaded } from './disk-kinds.ts';
import { confirmed, run, stageSandbox } from './story.ts';

it.each([500, 1000])('%i ms', async (sync) => {
  const { sandbox, ...story } = await stageSandbox('slow');
  await must(story.calls, 'PUT', '/admin/realms/master', { accessTokenLifespan: 2 });
  const done = await run(story, ['recover'], { with: confirmed(story), env: { NODE_OPTIONS: loaded('slow-disk.mjs'), REALM_RESCUE_TEST_SYNC: String(sync) } });
  expect(done, done.stderr).toMatchObject({ exit: 0, stderr: '' });
  expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
  await sandbox.close();
});
