import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { expectRefusal } from '../bad-input/refusal.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { beside, confirmed, eventually, generated, isDone, killAt, markOf, off, openPlace, POLICY, specOf, thawed, trackedBy, usual, V1, type Place } from './freeze-world.ts';
import { pathOf, playArgo, type Git } from './scripted-controller.ts';

// A freeze while others write, while the controller is at work, and that is cut off itself.
const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'applicationset', 'flux', 'helm'] }));
const ROOT: JsonObject = { automated: { selfHeal: true } };

/** An application of applications above the one that applies the ConfigMap: two pauses. */
async function withParent(): Promise<Place> {
  const place = await openPlace(kubernetes());
  await place.create(place.tracked(), place.application('root', ROOT), place.application('keycloak', POLICY, trackedBy(place, 'root', 'keycloak')));
  return place;
}

describe.concurrent('others write at the same moment', () => {
  it('to the status, every 20 ms: frozen and thawed', async () => {
    const place = await usual(kubernetes());
    let writes = 0;
    const stopping = new AbortController();
    const writing = (async () => {
      for (; !stopping.signal.aborted; await delay(20)) await kubernetes().admin.merge(pathOf(place.application()), { status: { reconciledAt: new Date(Date.UTC(2026, 0, 1) + 1000 * writes++).toISOString() } });
    })();
    try {
      isDone(await place.tool(confirmed(place)));
      expect(await place.policy()).toEqual(off());
      isDone(await place.tool(thawed(place.from)));
      expect(await place.policy()).toEqual(POLICY);
    } finally {
      stopping.abort();
      await writing;
    }
    expect(writes).toBeGreaterThan(20);
  });

  it('to the status, just before the patch: it is made anew, and sent', async () => {
    const place = await usual(kubernetes());
    isDone(await place.held(confirmed(place), /"type":"patch\.intended"/, () => kubernetes().admin.merge(pathOf(place.application()), { status: { reconciledAt: '2026-11-20T22:43:09Z' } })));
    expect(place.events().flatMap(({ type }) => (type.startsWith('patch.') ? [type] : []))).toEqual(['patch.intended', 'patch.failed', 'patch.intended', 'patch.sent']);
    expect([await place.policy(), (await place.get(place.application())).status?.['reconciledAt']]).toEqual([off(), '2026-11-20T22:43:09Z']);
  });

  it.each<[string, JsonObject, RegExp]>([
    ['to the policy: told, and not written over', { spec: { syncPolicy: { automated: { prune: false } } } }, /realm-rescue: Somebody changed spec\.syncPolicy of Application keycloak at the same moment; nothing was written over it\./],
    ['and pauses it: nothing is left to do', { spec: { syncPolicy: { automated: { enabled: false } } } }, /is paused already/],
  ])('%s', async (_name, patch, says) => {
    const place = await usual(kubernetes());
    let theirs: unknown;
    const run = await place.held(confirmed(place), /"type":"patch\.intended"/, async () => {
      await kubernetes().admin.merge(pathOf(place.application()), patch);
      theirs = await place.policy();
    });
    expect(run.stderr).toMatch(says);
    expect(run.exit).toBe(run.stderr.includes('Somebody') ? 5 : 0);
    expect(await place.policy()).toEqual(theirs);
    expect(await markOf(place, place.application())).toBeUndefined();
    expect(Object.values(await place.frozen())).toEqual([[]]);
  });

  it('a second freeze of the same: it is told who is at work, and sends nothing', async () => {
    const place = await usual(kubernetes());
    let second: ToolRun | undefined;
    isDone(await place.held(confirmed(place), /"type":"patch\.intended"/, async () => { second = await place.tool(confirmed(place, '--json')); }));
    expectRefusal(second as ToolRun, { exit: 6, says: /works on realm/, next: /Let it end/ });
    expect(Object.values(await place.frozen()).flat()).toEqual([`application:${place.namespace}/keycloak`]);
    expect(await place.policy()).toEqual(off());
  });

  it('to the windows of the project, while ours is taken out: theirs is there afterwards', async () => {
    const place = await generated(kubernetes());
    const theirs = { kind: 'deny', schedule: '0 22 * * *', duration: '1h', namespaces: ['other'] };
    isDone(await place.tool(confirmed(place)));
    const [id = ''] = place.records();
    const run = await place.held(thawed(id), /"type":"patch\.intended","patch":\{"id":"resume/, async () => {
      const { spec = {} } = await place.get(place.project());
      await kubernetes().admin.merge(pathOf(place.project()), { spec: { syncWindows: [...(spec['syncWindows'] as readonly JsonObject[]), theirs] } });
    });
    // Told rather than merged in silence; the next start has both.
    expect([0, 5]).toContain(run.exit);
    if (run.exit === 5) isDone(await place.tool(thawed(id)));
    expect((await specOf(place, place.project()))?.['syncWindows']).toEqual([theirs]);
  });
});

describe.concurrent('an operation is running', () => {
  const stuck = (place: Place): Git => ({ revision: V1, objects: [place.tracked('keycloak', '{"realm":"other"}')], broken: 'waiting for hook Job/import' });
  const state = async (place: Place): Promise<{ phase?: string; message?: string } | undefined> => (await place.get(place.application())).status?.['operationState'] as { phase?: string; message?: string } | undefined;

  it('is shown, and goes on after a freeze; --terminate ends it', async () => {
    const place = await usual(kubernetes());
    await beside([playArgo(kubernetes().admin, pathOf(place.application()), stuck(place), { every: 50 })], async () => {
      await eventually(async () => expect((await state(place))?.message).toBe('waiting for hook Job/import'));
      const run = await place.tool(confirmed(place));
      isDone(run);
      expect(run.stderr).toMatch(/^RUNNING in Argo CD application \S+\/keycloak since 2\S+Z: waiting for hook Job\/import; a pause does not stop it \(--terminate does\)/m);
      expect((await state(place))?.phase).toBe('Running');
      isDone(await place.tool(confirmed(place, '--terminate')));
      await eventually(async () => expect(await state(place)).toMatchObject({ phase: 'Failed', message: 'Operation terminated' }));
      expect((await place.get(place.map())).data).toEqual(place.map().data);
    });
  });

  it('that is asked for and has not begun is ended as well', async () => {
    const place = await usual(kubernetes());
    const manifests = ['{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db"},"stringData":{"password":"s3cret"}}'];
    await kubernetes().admin.merge(pathOf(place.application()), { operation: { initiatedBy: { username: 'kim' }, sync: { revision: V1, manifests } } });
    const run = await place.tool(confirmed(place, '--terminate'));
    isDone(run);
    const { stdout } = await runTool(['transcript', 'show', place.records()[0] ?? '', '--session-dir', place.sessions]);
    expect(stdout).toMatch(/take back the operation that Application \S+\/keycloak has not begun.*"username":"kim"/);
    expect([JSON.stringify(place.events()), stdout, run.stderr].join()).not.toMatch(/s3cret|stringData/);
    expect(run.stderr).toMatch(/^RUNNING in Argo CD application \S+\/keycloak: asked for, not begun yet/m);
    await beside([playArgo(kubernetes().admin, pathOf(place.application()), stuck(place), { every: 50 })], async () => {
      await eventually(async () => expect('operation' in (await place.get(place.application()))).toBe(false));
      expect((await place.get(place.map())).data).toEqual(place.map().data);
    });
  });
});

describe.concurrent('kill -9 at a line of the journal', () => {
  const policies = (place: Place) => Promise.all(['root', 'keycloak'].map((name) => place.policy(name)));

  /** What is paused is what is said to be, and is as it was once the record is thawed. */
  async function thawsExactly(place: Place, id: string): Promise<void> {
    const named = Object.values(await place.frozen()).flat();
    const paused = (await Promise.all(['root', 'keycloak'].map(async (name) => ({ name, off: JSON.stringify(await place.policy(name)).includes('"enabled":false') })))).filter((each) => each.off);
    // One that was about to be paused may be named as well: whether it is has not been looked at.
    for (const { name } of paused) expect(named).toContain(`application:${place.namespace}/${name}`);
    const run = await place.tool(thawed(id));
    // A record that had seen nothing yet has paused nothing.
    if (paused.length > 0 || run.exit !== 64) isDone(run);
    expect(await policies(place)).toEqual([ROOT, POLICY]);
    expect(await Promise.all(['root', 'keycloak'].map((name) => markOf(place, place.application(name))))).toEqual([undefined, undefined]);
    expect(Object.values(await place.frozen()).flat()).toEqual([]);
  }

  it('of a freeze: it is told what is paused, and the thaw brings it back', async () => {
    const place = await withParent();
    isDone(await place.tool(confirmed(place)));
    const lines = place.events().length;
    expect(lines).toBeGreaterThanOrEqual(8);
    await Promise.all(Array.from({ length: lines }, async (_, index) => {
      const here = await withParent();
      expect((await here.tool(confirmed(here), killAt(index + 1))).signal).toBe('SIGKILL');
      expect(here.events()).toHaveLength(index + 1);
      await thawsExactly(here, here.records()[0] ?? '');
    }));
  });

  it('of a thaw: the same', async () => {
    const place = await withParent();
    isDone(await place.tool(confirmed(place)));
    const begun = place.events().length;
    isDone(await place.tool(thawed(place.from)));
    const lines = place.events().length;
    expect(lines - begun).toBeGreaterThanOrEqual(7);
    await Promise.all(Array.from({ length: lines - begun }, async (_, index) => {
      const here = await withParent();
      isDone(await here.tool(confirmed(here)));
      expect((await here.tool(thawed(here.from), killAt(begun + index + 1))).signal).toBe('SIGKILL');
      await thawsExactly(here, here.records()[0] ?? '');
    }));
  });
});

describe('the API server goes away', () => {
  it('before the first patch: nothing was sent', async () => {
    const place = await usual(kubernetes());
    await kubernetes().halt();
    try {
      expectRefusal(await place.tool(confirmed(place, '--json')), { exit: 3, says: /No connection to the API server \S+ \(ECONNREFUSED\); nothing was sent/, next: /VPN/ });
      expect(place.records()).toEqual([]);
    } finally {
      await kubernetes().start();
    }
    expect(await place.policy()).toEqual(POLICY);
  });

  it.each([
    ['between two patches', /"type":"patch\.sent","id":"pause application:[^"]*\/root"/],
    ['just as the second is to be sent', /"type":"patch\.intended","patch":\{"id":"pause application:[^"]*\/keycloak"/],
  ])('%s: what is paused is named, and a thaw brings it back', async (_name, at) => {
    const place = await withParent();
    const run = await place.held(confirmed(place, '--json'), at, () => kubernetes().halt());
    const [id = ''] = place.records();
    try {
      expect(run.exit, run.stderr).toBe(3);
      // The second may have been on its way: that is not known, and said.
      expect(run.stderr).toMatch(/realm-rescue: (?:No|The) connection to the API server .*Still paused: Application \S+\/root\./);
      expect(run.stderr).toContain(`realm-rescue thaw ${id}`);
      expect((await place.frozen())[id]).toContain(`application:${place.namespace}/root`);
    } finally {
      await kubernetes().start();
    }
    expect([await place.policy('root'), await place.policy()]).toEqual([off(ROOT), POLICY]);
    isDone(await place.tool(thawed(id)));
    expect([await place.policy('root'), await place.policy()]).toEqual([ROOT, POLICY]);
    expect(await place.frozen()).toEqual({ [id]: [] });
  });

  it('after a patch, whose answer never comes: it may have happened, and the thaw looks first', async () => {
    const place = await withParent();
    const sockets = new Set<Socket>();
    let swallow = false;
    const { port } = new URL(kubernetes().url);
    const between = createServer((near) => {
      const far = connect(Number(port), '127.0.0.1');
      for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined).on('close', () => { near.destroy(); far.destroy(); }));
      near.pipe(far);
      far.on('data', (bytes) => { if (!swallow) near.write(bytes); });
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    const kubeconfig = join(sessionPlace(), 'config');
    writeFileSync(kubeconfig, readFileSync(kubernetes().kubeconfig('admin'), 'utf8').replace(`:${port}`, `:${(between.address() as AddressInfo).port}`));
    try {
      const running = place.held(confirmed(place, '--json'), /"type":"patch\.intended","patch":\{"id":"pause application:[^"]*\/keycloak"/, async () => { swallow = true; }, { kubeconfig });
      await eventually(async () => expect(await place.policy()).toEqual(off()));
      for (const socket of sockets) socket.destroy();
      swallow = false;
      const run = await running;
      const [id = ''] = place.records();
      expect(run.exit, run.stderr).toBe(3);
      expect(run.stderr).toMatch(/lost after a write had been sent \(\S+\); it may or may not have happened\. .*Whether Application \S+\/keycloak is paused is not known\./);
      expect((await place.frozen())[id]).toContain(`application:${place.namespace}/keycloak`);
      isDone(await place.tool(thawed(id), { kubeconfig }));
      expect([await place.policy('root'), await place.policy(), await place.frozen()]).toEqual([ROOT, POLICY, { [id]: [] }]);
    } finally {
      between.close();
      for (const socket of sockets) socket.destroy();
    }
  });
});
