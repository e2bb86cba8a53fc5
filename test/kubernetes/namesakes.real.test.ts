// Two applications of one name in two namespaces, both of the project of one Argo CD: each with a deny window, which Argo CD does not tell apart.
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import { confirmed, generated, isDone, specOf, thawed } from './freeze-world.ts';
import { pathOf } from './scripted-controller.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset'] }));

it('are frozen and thawed each for itself, and it is said whom a window stops as well', async () => {
  const first = await generated(kubernetes());
  const second = await generated(kubernetes());
  for (const place of [first, second]) await kubernetes().admin.merge(pathOf(place.application()), { status: { controllerNamespace: first.namespace } });
  const described = async () => ((await specOf(first, first.project()))?.['syncWindows'] as readonly JsonObject[] | undefined)?.map(({ description }) => description);

  const run = await first.tool(confirmed(first));
  isDone(run);
  expect(run.stderr).toContain(`Note: the deny window in AppProject ${first.namespace}/default stops Application ${second.namespace}/keycloak as well: Argo CD knows an application in a window by its name alone.`);
  isDone(await second.tool(confirmed(second)));
  const [one, two] = [first, second].map((place) => `realm-rescue ${place.records()[0] ?? ''} for ${place.namespace}/keycloak`);
  expect(await described()).toEqual([one, two]);

  isDone(await first.tool(thawed(first.records()[0] ?? '')));
  expect(await described()).toEqual([two]);
  expect(Object.values(await second.frozen()).flat()).toEqual([`application:${second.namespace}/keycloak`]);
  // From another machine, and by what it is about.
  isDone(await first.tool(thawed(second.from)));
  expect(await described()).toBeUndefined();
});
