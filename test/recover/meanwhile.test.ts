// Others at work in the realm while it is being restored, on the sandbox; on a real server in meanwhile.real.test.ts.
import { describe, it } from 'vitest';
import { stageSandbox } from '../bad-input/story.ts';
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
});
