// Others at work in the realm while it is being restored, on the sandbox; on a real server in meanwhile.real.test.ts.
import { describe, expect, it } from 'vitest';
import { clientUuid } from '../../src/sandbox/incident/lookups.ts';
import { confirmed, run, stageSandbox } from '../bad-input/story.ts';
import { startHoldProxy } from '../harness/holdProxy.ts';
import { expectColleagueHeard, expectColleagueTookBack, expectOvercome, expectStrikeNoticed, openScene, strikeByRest, type Scene } from './meanwhile.ts';

async function onSandbox(work: (scene: Scene) => Promise<void>): Promise<void> {
  const { sandbox, ...story } = await stageSandbox();
  const scene = await openScene(story);
  await work(scene);
  await scene.proxy.close();
  await sandbox.close();
}

describe('what was to be restored was made anew by somebody else', () => {
  it('nothing is sent over it; kept, the rest is restored', () => onSandbox(expectColleagueHeard));
  it('taken back by them, the run goes on', () => onSandbox(expectColleagueTookBack));
});

describe('the writer strikes again in the middle', () => {
  it('object by object through REST: noticed, named, overcome', () => onSandbox(async (scene) => {
    const stopped = await expectStrikeNoticed(scene, 3, { act: () => strikeByRest(scene), looks: /It looks like a program that applies its own state object by object through REST/, next: /only what is gone is written again/ });
    await expectOvercome(scene, stopped);
  }));

  /** As Keycloak's cache can show a mapper while the first token is made with it: docs/decisions/0017. */
  it('a restored mapper that shows nothing in one look, and all of it in the next, is not taken for overwritten', async () => {
    const { sandbox, ...story } = await stageSandbox();
    const proxy = await startHoldProxy(story.url);
    const client = await clientUuid(story.calls, 'auth-service');
    const empty = { id: client, clientId: 'auth-service', protocolMappers: [{ name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper', config: {} }] };
    let [asked, looks] = [false, 0];
    proxy.lie(({ path, write }) => {
      if (write || !proxy.asked.some((line) => line.includes(`/clients/${client}/protocol-mappers/models`))) return undefined;
      // The claim is missing, which is why the mapper is looked at.
      asked ||= path.includes(`/${client}/evaluate-scopes/generate-example-`);
      if (path.includes('/evaluate-scopes/generate-example-')) return { status: 200, body: {} };
      if (!asked || !path.endsWith(`/clients/${client}`)) return undefined;
      looks += 1;
      return looks === 1 ? { status: 200, body: empty } : undefined;
    });
    const done = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
    await proxy.close();
    await sandbox.close();
    expect(looks).toBe(2);
    expect(done.stdout).not.toContain('write.overwritten');
    expect(done.stderr).toContain('not proven: groups');
  });
});
