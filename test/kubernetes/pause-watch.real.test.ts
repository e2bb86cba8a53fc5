// What changes in the cluster while a recovery goes on or waits for a person, in a terminal, on a real API server.
import { describe, expect, it } from 'vitest';
import { confirmed, stageSandbox } from '../bad-input/story.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { useServer } from '../harness/use.ts';
import { openPty, TOOL, type Pty } from '../pty/tmux.ts';
import { eventually, off, openPlace, POLICY, V1, type Place } from './freeze-world.ts';
import { pathOf, playArgo } from './scripted-controller.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'flux'] }));

/** A recovery of the sandbox in a terminal, with the writer looked for in the cluster. */
async function recovering(place: Place, work: (pty: Pty) => Promise<void>): Promise<void> {
  const { sandbox, ...story } = await stageSandbox();
  const pty = await openPty(110, 34, { KEYCLOAK_PASSWORD: story.password, KUBECONFIG: kubernetes().kubeconfig('admin') });
  try {
    await pty.command(`${TOOL} recover --url ${story.url} --realm ${story.realm} --username ${story.user} --from ${place.from} --evidence ${story.evidence} --session-dir ${place.sessions}`);
    await work(pty);
  } finally {
    await pty.close();
    await sandbox.close();
  }
}

const answer = async (pty: Pty, question: string, word: string): Promise<void> => {
  await pty.until(question, 60_000);
  await pty.type(word);
  await pty.key('Enter');
};

/** A ConfigMap that a Kustomization applies. */
async function kustomized(interval: string): Promise<Place> {
  const place = await openPlace(kubernetes());
  await place.create(place.map({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'keycloak', 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } }), place.kustomization('keycloak', {}, { interval }));
  return place;
}

const suspended = async (place: Place): Promise<unknown> => (await place.get(place.kustomization())).spec?.['suspend'];
const resume = (place: Place): Promise<unknown> => kubernetes().admin.merge(pathOf(place.kustomization()), { spec: { suspend: null } });

it('a pause that somebody takes back while the engineer chooses is noticed after the interval, said, and made again with the word', async () => {
  const place = await kustomized('2s');
  await recovering(place, async (pty) => {
    await answer(pty, 'Type keycloak to pause it', 'keycloak');
    await pty.until('differ, in dependency order', 60_000);
    expect(await suspended(place)).toBe(true);
    await eventually(async () => expect(place.events().some(({ type, after }) => type === 'pause.checked' && after === 2)).toBe(true));
    await resume(place);
    const told = await pty.until('A pause was taken back', 30_000);
    expect(told.replaceAll(/\s+/g, ' ')).toContain(`Kustomization ${place.namespace}/keycloak`);
    expect(await pty.screen()).not.toContain('differ, in dependency order');
    await pty.type('r');
    await answer(pty, 'Type keycloak to pause it', 'keycloak');
    await pty.until('differ, in dependency order', 60_000);
    expect(await suspended(place)).toBe(true);
  });
});

it('one that was made before the run, by freeze, is looked at as well', async () => {
  const place = await kustomized('2s');
  const frozen = await place.tool(['freeze', '--from', place.from, '--confirm', 'keycloak']);
  expect(frozen.exit, frozen.stderr).toBe(0);
  await recovering(place, async (pty) => {
    await pty.until('differ, in dependency order', 60_000);
    await resume(place);
    const told = await pty.until('A pause was taken back', 30_000);
    expect(told.replaceAll(/\s+/g, ' ')).toContain(`Kustomization ${place.namespace}/keycloak is every 2s again`);
    await pty.type('r');
    await answer(pty, 'Type keycloak to pause it', 'keycloak');
    await pty.until('differ, in dependency order', 60_000);
    expect(await suspended(place)).toBe(true);
  });
});

it('and said to be there by a run that only reads', async () => {
  const place = await kustomized('10m');
  const { sandbox, ...story } = await stageSandbox();
  const frozen = await place.tool(['freeze', '--from', place.from, '--confirm', 'keycloak']);
  expect(frozen.exit, frozen.stderr).toBe(0);
  const run = await place.tool(['recover', '--url', story.url, '--realm', story.realm, '--username', story.user, '--from', place.from, ...confirmed(story), '--read-only'], { env: { KEYCLOAK_PASSWORD: story.password } });
  expect(run.exit, run.stderr).toBe(2);
  expect(`${run.stdout}${run.stderr}`).toMatch(/Kustomization \S+\/keycloak was paused already/);
  expect(`${run.stdout}${run.stderr}`).not.toContain('nobody said that the writer is paused');
  expect(await suspended(place)).toBe(true);
  await sandbox.close();
});

it('one that is taken back unnoticed stops a run without a terminal before it writes; what is paused again is asked for', async () => {
  const place = await kustomized('10m');
  const { sandbox, ...story } = await stageSandbox();
  const login = ['--url', story.url, '--realm', story.realm, '--username', story.user];
  const env = { KEYCLOAK_PASSWORD: story.password };
  const run = await place.held(['recover', ...login, '--from', place.from, ...confirmed(story)], /"type":"compare\.done"/, () => resume(place), { env });
  expect(run.exit, run.stderr).toBe(5);
  expect(run.stderr).toMatch(/A pause was taken back: Kustomization \S+\/keycloak/);
  expect(place.events().some(({ type }) => type === 'write.intended')).toBe(false);
  const [id = ''] = place.records();
  const again = await place.tool(['resume', id, '--username', story.user, '--confirm', story.realm], { env });
  expect(again.exit, again.stderr).toBe(0);
  expect([await suspended(place), place.events().some(({ type }) => type === 'write.verified')]).toEqual([true, true]);
  await sandbox.close();
});

it('an operation that runs under the pause is ended with a word of its own, and looked at until it has ended', async () => {
  const place = await openPlace(kubernetes());
  const waits = 'waiting for hook Job/import';
  await place.create(place.project(), place.tracked(), place.application());
  const controller = await playArgo(kubernetes().admin, pathOf(place.application()), { revision: V1, objects: [place.tracked('keycloak', '{"realm":"other"}')], broken: waits });
  await eventually(async () => expect((await place.get(place.application())).status?.['operationState']).toMatchObject({ phase: 'Running', message: waits }));
  try {
    await recovering(place, async (pty) => {
      await answer(pty, 'Type keycloak to pause it', 'keycloak');
      const asked = await pty.until('Type keycloak to end it', 60_000);
      expect(asked.replaceAll(/\s+/g, ' ')).toContain('What it has applied so far stays.');
      await pty.type('keycloak');
      await pty.key('Enter');
      await pty.until('running operation was ended', 60_000);
      expect([(await place.get(place.application())).status?.['operationState'], await place.policy()]).toEqual([expect.objectContaining({ phase: 'Failed', message: 'Operation terminated' }), off(POLICY)]);
    });
  } finally {
    await controller.stop();
  }
});

describe('freeze --watch', () => {
  /** One that has its turn each second, below one that has it after three. */
  async function twoTurns(): Promise<Place> {
    const place = await openPlace(kubernetes());
    const labelled = (name: string) => ({ labels: { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': place.namespace } });
    await place.create(place.map(labelled('keycloak')), place.kustomization('keycloak', labelled('apps'), { interval: '1s' }), place.kustomization('apps', {}, { interval: '3s' }));
    return place;
  }
  const watching = (place: Place) => ['freeze', '--from', place.from, '--confirm', 'keycloak', '--watch', '--json'];

  it('stays until each controller has had its turn, looks at the interval of the quickest, and ends with 0 where all holds', async () => {
    const place = await twoTurns();
    const run = await place.tool(watching(place));
    expect(run.exit, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ schema: 'realm-rescue/freeze/v1', watched: 3 });
    expect(place.events().flatMap(({ type, after }) => (type === 'pause.checked' && after !== undefined ? [after] : []))).toEqual([1, 2, 3]);
    // What was paused before is looked at as well.
    const again = await place.tool(['freeze', '--from', place.from, '--watch']);
    expect(again.exit, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/Watching for 3 s.*\nOK {2}all of it is still paused after 3 s\n/);
  });

  it('says which pause was taken back, with 5, and leaves what to thaw', async () => {
    const place = await twoTurns();
    const run = await place.held(watching(place), /"after":1[,}]/, () => resume(place));
    expect(run.exit, run.stderr).toBe(5);
    expect(run.stderr).toMatch(/A pause was taken back: Kustomization \S+\/keycloak/);
    expect(JSON.parse(run.stdout)).toMatchObject({ type: 'error', code: 'changed-meanwhile', exit: 5 });
    expect(Object.values(await place.frozen())).toEqual([[`kustomization:${place.namespace}/keycloak`]]);
    expect((await place.tool(['sessions'])).stdout).toContain(`(taken back when last looked at: kustomization:${place.namespace}/keycloak); let it run again with: realm-rescue thaw `);
  });

  it('does so for one that was paused by hand', async () => {
    // It looks once, after that time: what happens here has to happen before.
    const place = await kustomized('15s');
    await kubernetes().admin.merge(pathOf(place.kustomization()), { spec: { suspend: true } });
    const pty = await openPty(160, 30, { KUBECONFIG: kubernetes().kubeconfig('admin') });
    try {
      await pty.command(`${TOOL} freeze --from ${place.from} --session-dir ${place.sessions} --watch`);
      await pty.until('Watching for 15 s');
      await resume(place);
      expect(await pty.exitCode()).toBe(5);
      expect(await pty.screen()).toContain(`A pause was taken back: Kustomization ${place.namespace}/keycloak is every 15s again.`);
      expect(Object.values(await place.frozen()).flat()).toEqual([]);
    } finally {
      await pty.close();
    }
  });

  it('ctrl-c leaves it paused, and the locks are free', async () => {
    const place = await kustomized('1h');
    const pty = await openPty(160, 30, { KUBECONFIG: kubernetes().kubeconfig('admin') });
    try {
      await pty.command(`${TOOL} freeze --from ${place.from} --confirm keycloak --session-dir ${place.sessions} --watch`);
      await pty.until('Watching for 3600 s');
      await pty.key('C-c');
      expect(await pty.exitCode()).toBe(130);
      expect(await suspended(place)).toBe(true);
      const thawed = await place.tool(['thaw', '--from', place.from, '--confirm', 'keycloak', '--no-watch']);
      expect(thawed.exit, thawed.stderr).toBe(0);
    } finally {
      await pty.close();
    }
  });
});
