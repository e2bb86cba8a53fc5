import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holdings, lockedCluster, pauseLocks } from '../../src/commands/locks.ts';
import { nameOf } from '../../src/gitops/controllers/object.ts';
import type { ClusterPatch, ClusterSight, Pause } from '../../src/runbook/cluster.ts';
import type { Cluster } from '../../src/runner/cluster.ts';
import { inTemporary } from '../journal/helpers.ts';

const object = nameOf('application', 'argocd', 'keycloak');
const pause: Pause = { id: 'application:argocd/keycloak', object, means: 'automation-off', title: '' };
const sent: ClusterPatch = { id: 'pause application:argocd/keycloak', purpose: 'pause', object, title: '', body: {}, field: [], previous: null, value: null };
const SERVER = 'https://k8s.example.com';

/** A cluster that only says what it is asked to prepare. */
function cluster(server = SERVER): { readonly cluster: Cluster; readonly asked: string[] } {
  const asked: string[] = [];
  const prepared = (word: string) => async () => {
    asked.push(word);
    return { already: word };
  };
  return { asked, cluster: { look: async () => ({ server }) as ClusterSight, preparePause: prepared('pause'), prepareResume: prepared('resume'), close: async () => { asked.push('close'); } } as unknown as Cluster };
}

test('of a recovery that is at an application: others are told before anything of it is read, until its cluster is closed', () =>
  inTemporary(async (directory) => {
    const [one, two] = [cluster(), cluster()];
    const first = lockedCluster(one.cluster, pauseLocks(directory, 'aaaa'), null);
    await first.look('configmap:iam/realm');
    await first.preparePause(pause, 'aaaa');
    await first.prepareResume(sent);
    // A run that goes on knows the server from its record.
    const second = lockedCluster(two.cluster, pauseLocks(directory, 'bbbb'), SERVER);
    for (const act of [() => second.preparePause(pause, 'bbbb'), () => second.prepareResume(sent)]) {
      await expect(act()).rejects.toMatchObject({ code: 'locked', message: expect.stringMatching(/^Run aaaa pauses or resumes application:argocd\/keycloak in the cluster at https:\/\/k8s\.example\.com since /) });
    }
    expect([one.asked, two.asked]).toEqual([['pause', 'resume'], []]);
    await first.close();
    await second.preparePause(pause, 'bbbb');
    await second.close();
    expect(readdirSync(join(directory, 'locks'))).toEqual([]);
  }));

test('another cluster may have an application of the same name, and another application is another lock', () =>
  inTemporary((directory) => {
    const [one, two] = [pauseLocks(directory, 'aaaa'), pauseLocks(directory, 'bbbb')];
    one.take(SERVER, [pause.id, sent.id]);
    two.take('https://other.example.com', [pause.id]);
    two.take(SERVER, ['application:argocd/grafana']);
    expect(() => two.take(SERVER, ['kustomization:flux-system/apps', pause.id])).toThrow(expect.objectContaining({ code: 'locked' }));
    one.release();
    two.take(SERVER, [pause.id]);
    two.release();
    expect(readdirSync(join(directory, 'locks'))).toEqual([]);
  }));

test('of a command that was left: its record is closed, what is sent is ended, then its locks go; what still runs of it takes none', () =>
  inTemporary(async (directory) => {
    const order: string[] = [];
    const names = (): number => readdirSync(join(directory, 'locks')).length;
    const held = holdings(directory);
    const locks = held.lock({ url: SERVER, realm: 'configmap:iam/realm', session: 'aaaa' });
    locks.take(SERVER, [pause.id]);
    held.keep({ close: () => void order.push(`record ${names()}`) });
    await expect(held.leave({ close: async () => { order.push(`cluster ${names()}`); throw new Error('gone'); } })).rejects.toThrow('gone');
    expect([order, names()]).toEqual([['record 2', 'cluster 2'], 0]);
    for (const late of [() => locks.take(SERVER, [pause.id]), () => held.lock({ url: SERVER, realm: 'configmap:iam/other', session: 'aaaa' })]) expect(late).toThrow(expect.objectContaining({ code: 'interrupted' }));
    expect(names()).toBe(0);
  }));
