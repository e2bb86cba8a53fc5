import { expect, test } from 'vitest';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import { prepareSync } from '../../src/kubernetes/pauses.ts';
import type { JsonObject } from '../../src/realm/json.ts';
import { application } from '../gitops/controllers/objects.ts';
import { fakeApi } from './fake-api.ts';

test.each<[string, JsonObject | null, RegExp | null]>([
  ['is switched off', { automated: { enabled: false } }, /is paused, by somebody else: it is not asked for a sync$/],
  // A thaw asks only for what its record had paused: the child of a RollingSync, by a window.
  ['has no automation', { automated: null }, null],
  ['syncs by itself', {}, null],
])('an application that differs from git and %s', async (_name, syncPolicy, already) => {
  const api = fakeApi([application({ spec: { syncPolicy }, status: { sync: { status: 'OutOfSync' } } })]);
  const prepared = await prepareSync(api, nameOf('application', 'argocd', 'keycloak'));
  expect('already' in prepared ? prepared.already : null).toEqual(already === null ? null : expect.stringMatching(already));
});
