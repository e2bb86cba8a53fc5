import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { kindOf, KINDS } from '../../src/realm/kinds/index.ts';
import type { Image, RealmObject, RealmState } from '../../src/realm/model.ts';
import { readState } from '../../src/realm/state.ts';
import type { References } from '../../src/runner/ports.ts';
import { seeObjects, type Seen } from '../../src/runner/see.ts';
import { must, openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { FAMILIES } from '../harness/rich/index.ts';
import { sessionPlace } from '../harness/tool.ts';
import { administrator, quiet } from '../keycloak/real.ts';
import { buildWorld } from './destroy.ts';

/** Reading one object back has to give what the capture of the whole realm gave: the one decides whether a write was done. */
describe('looking at an object on the server', () => {
  let sandbox: Sandbox;
  let state: RealmState;
  let objects: readonly RealmObject[];

  const server = () => ({ url: sandbox.url, ...sandbox.admin });
  const references = (live: RealmState): References => ({ id: (id) => live.objects.get(id)?.serverId, role: () => undefined, secret: () => undefined });
  const look = async (realm: string, live: RealmState): Promise<Seen> => {
    const keycloak = openKeycloak(administrator(server(), realm));
    try {
      return await seeObjects(keycloak, references(live), objects.map(({ id }) => id));
    } finally {
      await keycloak.close();
    }
  };

  beforeAll(async () => {
    sandbox = await startSandbox();
    await buildWorld({ server: server(), calls: openAdminCalls({ ...server(), realm: 'looks' }), directory: sessionPlace(), families: FAMILIES });
    const keycloak = openKeycloak(administrator(server(), 'looks'));
    state = readState((await keycloak.capture(quiet)).snapshot);
    await keycloak.close();
    objects = [...state.objects.values()];
  });
  afterAll(() => sandbox.close());

  it('meets every kind', () => {
    expect([...new Set(objects.map(({ kind }) => kind))].toSorted()).toEqual(KINDS.map(({ name }) => name).toSorted());
  });

  it('finds every object as the capture has it, with its id', async () => {
    const seen = await look('looks', state);
    expect(seen.images).toEqual(objects.map(({ id, value }): Image => ({ id, value })));
    for (const { id, serverId } of objects) if (serverId !== undefined && seen.ids[id] !== undefined) expect(seen.ids[id], id).toBe(serverId);
  });

  it('finds none of what only that realm has in another one', async () => {
    await must(openAdminCalls({ ...server(), realm: 'bare' }), 'POST', '/admin/realms', { realm: 'bare', enabled: true });
    const bare = openKeycloak(administrator(server(), 'bare'));
    const there = readState((await bare.capture(quiet)).snapshot);
    await bare.close();
    const { images } = await look('bare', there);
    for (const { id, value } of images) if (!there.objects.has(id)) expect(value, id).toBeNull();
    for (const { id, kind } of objects) expect(kindOf(kind)?.look(id).pick(null, []) ?? null, id).toBeNull();
  });
});
