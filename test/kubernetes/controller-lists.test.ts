// Who looks a second time reads no more than what has changed, and sees what is there now.
import { expect, test } from 'vitest';
import { RescueError } from '../../src/realm/errors.ts';
import { RESOURCES, type KubeObject } from '../../src/gitops/controllers/object.ts';
import { openControllerLists } from '../../src/kubernetes/controller-lists.ts';
import type { ListOptions } from '../../src/kubernetes/pages.ts';
import { application, realmMap } from '../gitops/controllers/objects.ts';
import { fakeApi } from './fake-api.ts';

const app = (name: string, resourceVersion: string, listed = 'keycloak-realm', uid = name): KubeObject => application({ metadata: { name, uid, resourceVersion }, status: { resources: [{ version: 'v1', kind: 'ConfigMap', namespace: 'iam', name: listed }] } });
/** Many that have nothing to do with it. */
const crowd = Array.from({ length: 30 }, (_, index) => app(`other-${index}`, String(index + 1), 'other'));

/** A cluster whose objects a test changes between two looks. */
function cluster(first: readonly KubeObject[], failing: (options: ListOptions) => boolean = () => false) {
  let objects = first;
  const asked: string[] = [];
  const api: ReturnType<typeof fakeApi> = {
    ...fakeApi([]),
    list: async (resource, options) => {
      asked.push(options.metadataOnly ? 'versions' : options.fieldSelector ?? 'all');
      if (failing(options)) throw new RescueError('server-error', 'The API server gives up.');
      return fakeApi(objects).list(resource, options);
    },
  };
  const lists = openControllerLists(api);
  let last = 0;
  const look = async (...carriers: readonly KubeObject[]) => {
    asked.splice(0);
    last = 0;
    const found = await lists.holding(RESOURCES.application, carriers.length > 0 ? carriers : [realmMap()], (seen) => { last = seen; });
    return { found: found?.map(({ metadata: { name, resourceVersion } }) => `${name} ${resourceVersion}`), asked: [...asked] };
  };
  return { look, seen: () => last, become: (...now: readonly KubeObject[]) => { objects = now; } };
}

test('where nothing has changed, the versions are all that is read', async () => {
  const { look } = cluster([...crowd, app('keycloak', '70')]);
  expect(await look()).toEqual({ found: ['keycloak 70'], asked: ['all'] });
  expect(await look()).toEqual({ found: ['keycloak 70'], asked: ['versions'] });
});

test('what has changed, is new or is gone is seen', async () => {
  const { look, become } = cluster([...crowd, app('keycloak', '70'), app('gone', '71'), app('stranger', '72', 'other')]);
  await look();
  become(...crowd, app('keycloak', '80'), app('new', '81'), app('stranger', '82'));
  expect(await look()).toEqual({ found: ['keycloak 80', 'new 81', 'stranger 82'], asked: ['versions', 'metadata.name=keycloak', 'metadata.name=new', 'metadata.name=stranger'] });
  become(...crowd, app('keycloak', '90', 'other'), app('new', '81'), app('stranger', '91', 'keycloak-realm', 'made anew'));
  expect((await look()).found).toEqual(['new 81', 'stranger 91']);
});

test('where much has changed, all is read', async () => {
  const { look, become } = cluster([...crowd, app('keycloak', '70')]);
  await look();
  become(...crowd.map(({ metadata: { name } }) => app(name, '90', 'other')), app('keycloak', '91'));
  expect(await look()).toEqual({ found: ['keycloak 91'], asked: ['versions', 'all'] });
});

test('where something else is looked for, all is read; where less is, it is known', async () => {
  const other = realmMap({ name: 'other' });
  const { look } = cluster([...crowd, app('keycloak', '70')]);
  await look();
  expect((await look(realmMap(), other)).asked).toEqual(['all']);
  expect((await look(other)).asked).toEqual(['versions']);
});

test('where the versions cannot be read, all is', async () => {
  const { look } = cluster([...crowd, app('keycloak', '70')], ({ metadataOnly }) => metadataOnly === true);
  await look();
  expect(await look()).toEqual({ found: ['keycloak 70'], asked: ['versions', 'all'] });
});

test('how many have been looked through is told', async () => {
  const { look, seen } = cluster([...crowd, app('keycloak', '70')]);
  await look();
  expect(seen()).toBe(31);
});

test('a list that fails is told', async () => {
  const { look } = cluster([], () => true);
  await expect(look()).rejects.toMatchObject({ code: 'server-error' });
});
