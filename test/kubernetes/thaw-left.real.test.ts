/** What a thaw leaves alone: what is not paused any more, and what somebody else has paused since. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { sessionPlace } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { confirmed, FROZEN, isDone, markOf, openPlace, POLICY, thawed, trackedBy, usual, versionOf, type Place } from './freeze-world.ts';
import { pathOf, type Manifest } from './scripted-controller.ts';
import { noOps, thawing, told } from './thaw-world.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm'] }));

describe.concurrent('a thaw', () => {
  it('of the last record is of the last that holds something, and not of one that paused nothing', async () => {
    const place = await openPlace(kubernetes());
    await place.create(place.tracked(), place.application());
    isDone(await place.tool(confirmed(place)));
    const [id = ''] = place.records();
    // It records what the API server remembers.
    isDone(await place.tool(confirmed(place)));
    const second = place.records().find((other) => other !== id) ?? '';
    expect((await place.tool(['sessions'])).stdout).toMatch(new RegExp(`^${second} .* in admin \\(\\S+\\)  paused nothing$`, 'm'));
    isDone(await place.tool(thawed('last')));
    expect(await place.policy()).toEqual(POLICY);
    expect((await place.tool(['sessions'])).stdout).toMatch(new RegExp(`^${id} .*  nothing is paused by it any more$`, 'm'));
    // The same again finds what it has thawed, and nothing left to do.
    expect(await place.tool(thawed('last'))).toMatchObject({ exit: 0, stderr: expect.stringContaining('Nothing is paused by record') });
  });

  it('of what somebody has let run again says so before the word, and counts it as none of its own', async () => {
    const place = await openPlace(kubernetes());
    const root = place.application('root', { automated: { selfHeal: true } });
    await place.create(place.tracked(), place.application('keycloak', POLICY, trackedBy(place, 'root', 'keycloak')), root);
    isDone(await place.tool(confirmed(place)));
    const [id = ''] = place.records();
    // One as another machine does it, one by hand, which leaves our mark.
    await kubernetes().admin.merge(pathOf(place.application()), { metadata: { annotations: { [FROZEN]: null } }, spec: { syncPolicy: { automated: { enabled: null } } } });
    await kubernetes().admin.merge(pathOf(root), { spec: { syncPolicy: { automated: { enabled: null } } } });
    const asked = await place.tool(['thaw', id]);
    expect(asked).toMatchObject({ exit: 5, stderr: expect.stringContaining(`Application ${place.namespace}/keycloak is not paused any more (automated {prune, selfHeal}).\nPATCH  only our mark off Application ${place.namespace}/root: somebody has let it run again already.\n`) });
    expect(asked.stderr).toContain('our mark would be taken off 1 object');
    expect(asked.stderr).not.toContain('as it was before the pause');
    const run = await place.tool(thawed(id, '--json'));
    isDone(run);
    expect([JSON.parse(run.stdout), await markOf(place, root), await place.frozen()]).toEqual([expect.objectContaining({ resumed: [], heldByOthers: [] }), undefined, { [id]: [] }]);
  });

  it('of all that runs again asks for no word', async () => {
    const place = await usual(kubernetes());
    isDone(await place.tool(confirmed(place)));
    const [id = ''] = place.records();
    isDone(await place.tool(thawed(place.from), { sessions: sessionPlace() }));
    const run = await place.tool(['thaw', id]);
    isDone(run);
    expect(run.stderr).toContain(`Application ${place.namespace}/keycloak is not paused any more (automated {prune, selfHeal}).\nNothing is paused by record ${id} any more.\n`);
    expect(run.stderr).not.toContain('PATCH');
  });

  it('of what is gone is not proven, where nothing else is known of it; then there is nothing left to thaw', async () => {
    const place = await openPlace(kubernetes());
    await place.create(place.kustomization());
    isDone(await place.tool(['freeze', '--from', `kustomization:${place.namespace}/keycloak`, '--confirm', 'keycloak']));
    const [id = ''] = place.records();
    await kubernetes().admin.remove(pathOf(place.kustomization()));
    const run = await place.tool(thawing(place));
    expect(run.exit, run.stderr).toBe(4);
    expect([noOps(run), told(run)]).toEqual([{ controller: null, cluster: null, realm: null }, expect.objectContaining({ resumed: [], ok: false })]);
    expect(await place.frozen()).toEqual({ [id]: [] });
    isDone(await place.tool(thawing(place)));
  });

  it.each<[string, { readonly there: (place: Place) => readonly Manifest[]; readonly back: JsonObject }]>([
    ['an application', { there: (place) => [place.tracked(), place.application()], back: { syncPolicy: { automated: { enabled: null } } } }],
    ['a Kustomization', { there: (place) => [place.map({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } }), place.kustomization()], back: { suspend: null } }],
  ])('of %s that somebody resumed and a newer record froze again leaves it to that record', async (_name, { there, back }) => {
    const place = await openPlace(kubernetes());
    const objects = there(place);
    const controller = objects.at(-1) as Manifest;
    await place.create(...objects);
    isDone(await place.tool(confirmed(place)));
    const [first = ''] = place.records();
    await kubernetes().admin.merge(pathOf(controller), { spec: back });
    isDone(await place.tool(confirmed(place)));
    const second = place.records().find((id) => id !== first) ?? '';
    const paused = await versionOf(place, controller);
    const name = `${controller.kind.toLowerCase()}:${place.namespace}/keycloak`;
    const run = await place.tool(thawed(first, '--json'));
    isDone(run);
    expect(JSON.parse(run.stdout)).toMatchObject({ session: first, resumed: [], heldByOthers: [{ object: { name: 'keycloak' }, heldBy: second, because: expect.stringContaining(`realm-rescue thaw ${second} (or thaw --from ${name}, from another machine)`) }] });
    expect([await versionOf(place, controller), await place.frozen()]).toEqual([paused, { [first]: [], [second]: [name] }]);
    // Whichever of the two was touched last.
    isDone(await place.tool(thawed(place.from)));
    expect([await markOf(place, controller), await place.frozen()]).toEqual([undefined, { [first]: [], [second]: [] }]);
  });
});
