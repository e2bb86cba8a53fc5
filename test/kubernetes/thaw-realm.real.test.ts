import { expect, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { confirmed, stageSandbox } from '../bad-input/story.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { summaryOf } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { beside, eventually, off, openPlace, POLICY, V1 } from './freeze-world.ts';
import { pathOf } from './scripted-controller.ts';
import { noOps, playApplication, told } from './thaw-world.ts';

// The thaw of a recovery's record, which knows how the recovery has left the realm.
const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'flux'] }));

it('says before the word that somebody has edited the realm since, and lets a confirmed thaw go on', { timeout: 240_000 }, async () => {
  const story = await stageSandbox();
  const place = await openPlace(kubernetes());
  const controller = await playApplication(kubernetes(), place, { revision: V1, objects: [place.tracked()] });
  await beside([controller], async () => {
    await eventually(async () => expect(await kubernetes().admin.get(pathOf(place.map()))).not.toBeNull());
    const login = ['--username', story.user];
    const how = { env: { KEYCLOAK_PASSWORD: story.password } };
    const recovered = await place.tool(['recover', '--url', story.url, '--realm', story.realm, ...login, '--from', place.from, ...confirmed(story), '--json'], how);
    expect({ stderr: recovered.stderr, ...summaryOf(recovered) }).toMatchObject({ exit: 0 });
    expect(await place.policy()).toEqual(off());
    const [id = ''] = place.records();

    const thaw = (...more: readonly string[]) => place.tool(['thaw', id, ...login, ...more], how);
    const equal = await thaw();
    expect([equal.exit, equal.stderr]).toEqual([5, expect.not.stringContaining('CAREFUL')]);
    await must(story.calls, 'POST', '/roles', { name: 'made-since' });
    const careful = `CAREFUL: the realm is not as run ${id} left it. Somebody has edited it, or it was overwritten: look before anything runs, with realm-rescue compare.`;
    const asked = await thaw();
    expect([asked.exit, asked.stderr]).toEqual([5, expect.stringMatching(new RegExp(`^PATCH [^]*^${careful.replaceAll('.', '\\.')}$[^]*^realm-rescue: 1 object would run again, although the realm is not as run ${id} left it, and nobody confirmed it\\.$`, 'm'))]);
    const document = await thaw('--json');
    expect([document.exit, document.stderr]).toEqual([5, expect.stringContaining(careful)]);
    expect(document.stdout).toContain(`the realm is not as run ${id} left it`);

    const done = await thaw('--json', '--confirm', 'keycloak');
    expect(done.exit, done.stderr).toBe(0);
    expect(done.stderr).toContain(careful);
    expect(told(done)).toMatchObject({ ok: true, careful });
    expect(noOps(done)).toEqual({ controller: true, cluster: true, realm: true });
    expect(await place.policy()).toEqual(POLICY);
  }).finally(() => story.sandbox.close());
});
