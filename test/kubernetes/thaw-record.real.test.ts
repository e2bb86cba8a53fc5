import { expect, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { confirmed, decided, stageSandbox } from '../bad-input/story.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { runTool } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { beside, confirmed as confirming, eventually, isDone, off, openPlace, POLICY, usual, V1 } from './freeze-world.ts';
import { pathOf } from './scripted-controller.ts';
import { noOps, playApplication, told } from './thaw-world.ts';

// How a thaw is led to: by what was printed before it, and by the record of a recovery, which knows how that has left the realm.
const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'flux'] }));

it('says before the word that somebody has edited the realm since, and lets a confirmed thaw go on', { timeout: 240_000 }, async () => {
  const story = await stageSandbox();
  const place = await openPlace(kubernetes());
  const controller = await playApplication(kubernetes(), place, { revision: V1, objects: [place.tracked()] });
  await beside([controller], async () => {
    await eventually(async () => expect(await kubernetes().admin.get(pathOf(place.map()))).not.toBeNull());
    const login = ['--username', story.user];
    const how = { env: { KEYCLOAK_PASSWORD: story.password } };
    const recovered = await place.tool(['recover', '--url', story.url, '--realm', story.realm, ...login, '--from', place.from, ...confirmed(story)], how);
    expect(recovered.exit, recovered.stderr).toBe(0);
    expect(await place.policy()).toEqual(off());
    const [id = ''] = place.records();
    // What is to be typed next finds the record and the cluster.
    const flags = ` --session-dir ${place.sessions} --kubeconfig ${kubernetes().kubeconfig('admin')}`;
    expect(recovered.stdout).toContain(`let the writer run again with: realm-rescue thaw ${id}${flags}\n`);

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

    const stopped = await place.tool(['recover', '--url', story.url, '--realm', story.realm, ...login, '--from', place.from, ...decided(story)], how);
    expect([stopped.exit, stopped.stderr]).toEqual([5, expect.stringMatching(new RegExp(`realm-rescue resume \\w+${flags}$`, 'm'))]);
  }).finally(() => story.sandbox.close());
});

it('what a freeze prints to let it run again does so as it is printed', async () => {
  const place = await usual(kubernetes());
  const run = await place.tool(confirming(place, '--context', 'admin', '--namespace', place.namespace));
  isDone(run);
  const [, typed = ''] = /To let it run again: realm-rescue (thaw .*)$/m.exec(run.stderr) ?? [];
  expect(typed).toBe(`thaw ${place.records()[0] ?? ''} --session-dir ${place.sessions} --kubeconfig ${kubernetes().kubeconfig('admin')} --context admin --namespace ${place.namespace}`);
  isDone(await runTool([...typed.split(' '), '--confirm', 'keycloak', '--no-watch']));
  expect(await place.policy()).toEqual(POLICY);
});
