// Whom a real API server takes us for when the kubeconfig says to act as somebody, and that the rights of a group are then enough.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { expect, it } from 'vitest';
import { at } from '../../src/gitops/controllers/object.ts';
import { openCluster } from '../../src/kubernetes/api.ts';
import { startKubernetes, type KubernetesUser } from '../harness/kubernetes.ts';
import { sessionPlace } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { off, openPlace, POLICY } from './freeze-world.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo'] }));

/** The kubeconfig of a user, who acts as somebody else. */
function acting(user: KubernetesUser, as: object): string {
  const config = parse(readFileSync(kubernetes().kubeconfig(user), 'utf8')) as { users: { user: object }[] };
  for (const entry of config.users) Object.assign(entry.user, as);
  const file = join(sessionPlace(), 'config');
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

/** As the server has us. */
async function seenAs(as: object): Promise<unknown> {
  const api = openCluster({ kubeconfig: acting('admin', as), userAgent: 'realm-rescue-test', environment: {}, readOnly: false });
  try {
    return at(await api.review('SelfSubjectReview', 'authentication.k8s.io', {}), 'status', 'userInfo');
  } finally {
    await api.close();
  }
}

it('groups, uid and extras arrive as they stand in the kubeconfig', async () => {
  expect(await seenAs({ as: 'kim@example.org', 'as-groups': ['sre', 'oncall'], 'as-uid': '06f6ce97', 'as-user-extra': { 'example.org/ticket%': ['INC 1', 'INC 2'], scopes: ['view'] } })).toEqual({
    username: 'kim@example.org', uid: '06f6ce97', groups: ['sre', 'oncall', 'system:authenticated'], extra: { 'example.org/ticket%': ['INC 1', 'INC 2'], scopes: ['view'] },
  });
  expect(await seenAs({ as: 'jürgen', 'as-groups': ['当番'] })).toMatchObject({ username: 'jürgen', groups: ['当番', 'system:authenticated'] });
});

it('who has every right from a group can freeze and thaw; without the group nothing is sent', async () => {
  const place = await openPlace(kubernetes());
  await place.create(place.tracked(), place.application());
  // The group `oncall`, as a person of no rights of her own.
  await kubernetes().grant(place.namespace, [{ apiGroups: ['', 'apps', 'batch', 'argoproj.io'], resources: ['*'], verbs: ['get', 'list', 'patch'] }]);
  const args = ['freeze', '--from', place.from, '--confirm', 'keycloak'];
  const alone = await place.tool(args, { kubeconfig: acting('admin', { as: 'kim@example.org' }) });
  expect([alone.exit, alone.stderr]).toEqual([3, expect.stringContaining('kim@example.org may not get configmaps')]);
  expect(await place.policy()).toEqual(POLICY);
  const grouped = { kubeconfig: acting('admin', { as: 'kim@example.org', 'as-groups': ['oncall'] }) };
  const run = await place.tool(args, grouped);
  expect(run, run.stderr).toMatchObject({ exit: 0 });
  expect(run.stderr).toContain('as kim@example.org\n');
  expect(await place.policy()).toEqual(off());
  expect((await place.tool(['thaw', '--from', place.from, '--confirm', 'keycloak', '--no-watch'], grouped)).exit).toBe(0);
  expect(await place.policy()).toEqual(POLICY);
});

it('who may not act as somebody else is told so, and not that a right to read is missing', async () => {
  const place = await openPlace(kubernetes());
  await place.create(place.tracked(), place.application());
  const run = await place.tool(['freeze', '--from', place.from, '--confirm', 'keycloak'], { kubeconfig: acting('nobody', { as: 'admin', 'as-groups': ['system:masters'] }) });
  expect([run.exit, run.stderr]).toEqual([3, expect.stringMatching(/nobody@example\.org may not act as whom the user of context nobody names in the kubeconfig[^]*right to impersonate/)]);
  expect(await place.policy()).toEqual(POLICY);
});
