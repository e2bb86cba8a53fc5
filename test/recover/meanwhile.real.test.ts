// Others at work in the realm while it is being restored, on a real server.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { stageOn } from '../bad-input/story.ts';
import { sharedKeycloak } from '../harness/shared.ts';
import { expectColleagueHeard, expectColleagueTookBack, expectOvercome, expectStrikeNoticed, openScene, strikeByPartialImport, strikeByRest, type Scene } from './meanwhile.ts';

async function onKeycloak(realm: string, work: (scene: Scene) => Promise<void>): Promise<void> {
  const story = await stageOn(sharedKeycloak(), realm);
  const scene = await openScene(story);
  await work(scene);
  await scene.proxy.close();
  await wipeRealm(story.calls);
}

describe('what was to be restored was made anew by somebody else', () => {
  it('nothing is sent over it; kept, the rest is restored', () => onKeycloak('meanwhile-kept', expectColleagueHeard));
  it('taken back by them, the run goes on', () => onKeycloak('meanwhile-back', expectColleagueTookBack));
});

describe('the writer strikes again in the middle', () => {
  it('object by object through REST, with admin events off: noticed, named by what it left, overcome', () => onKeycloak('meanwhile-rest', async (scene) => {
    const { story } = scene;
    await must(story.calls, 'PUT', '', { adminEventsEnabled: false });
    writeFileSync(story.evidence, JSON.stringify({ ...(JSON.parse(readFileSync(story.evidence, 'utf8')) as object), adminEventsEnabled: false }));
    const silent: Scene = { ...scene, story: { ...story, wanted: { ...story.wanted, realm: { ...story.wanted.realm, adminEventsEnabled: false } } } };
    const stopped = await expectStrikeNoticed(silent, 3, { act: () => strikeByRest(scene), looks: /It looks like (?:a program that applies its own state object by object|single edits) through REST/, next: /admin events are off[^]*only what is gone is written again/ });
    await expectOvercome(silent, stopped);
  }));

  it('the same with admin events on: named by the client that it logged in with', () => onKeycloak('meanwhile-event', async (scene) => {
    const stopped = await expectStrikeNoticed(scene, 3, { act: () => strikeByRest(scene), looks: /the admin events name the client admin-cli/, next: /only what is gone is written again/ });
    await expectOvercome(scene, stopped);
  }));

  it('by a partialImport: noticed, named, and another run is to recover what is there now', () => onKeycloak('meanwhile-import', async (scene) => {
    await expectStrikeNoticed(scene, 3, { act: () => strikeByPartialImport(scene), looks: /It looks like a partialImport with OVERWRITE/, next: /Then start another run[^]*--evidence snapshot:/ });
  }));
});
