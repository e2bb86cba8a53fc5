/** Others at work in the realm while it is being restored. The same scenes on the sandbox and on a real server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { idIn, must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { clientUuid, mapperUuid } from '../../src/sandbox/incident/lookups.ts';
import { CHANGED_CLIENTS, LOST_MAPPERS, LOST_SCOPES } from '../../src/sandbox/incident/loss.ts';
import { attributeMapper } from '../../src/sandbox/incident/mappers.ts';
import type { JournalLine, RunEvent } from '../../src/runbook/model.ts';
import { startFaultProxy, type FaultProxy } from '../bad-input/faultProxy.ts';
import { recordedIn, expectRefusal, lastLine } from '../bad-input/refusal.ts';
import { confirmed, run, type Story } from '../bad-input/story.ts';
import { readRealm } from '../harness/independent.ts';
import { sessionPlace, type ToolRun } from '../harness/tool.ts';

export interface Disturbed extends ToolRun {
  readonly sessions: string;
  readonly id: string;
  readonly asked: number;
}

/** One run, in the middle of which somebody else acts. */
export interface Scene {
  readonly story: Story;
  readonly proxy: FaultProxy;
  /** Recovers; before the n-th write reaches the server, `act` happens once. `asked`: how many writes had come when it was over. */
  recover(nth: number, act: () => Promise<void>): Promise<Disturbed>;
  resume(of: { readonly sessions: string; readonly id: string }, flags?: readonly string[]): Promise<ToolRun>;
}

export async function openScene(story: Story): Promise<Scene> {
  const proxy = await startFaultProxy(story.url);
  const via = { ...story, url: proxy.url };
  return {
    story,
    proxy,
    recover: async (nth, act) => {
      const before = proxy.asked.length;
      let asked = 0;
      // It happens once; what comes behind it waits for its end as well: a server that is read while it deletes may remember half of it.
      const disturb = async () => {
        await act();
        asked = proxy.asked.length - before;
      };
      let disturbance: Promise<void> | undefined;
      proxy.break(({ write, nth: count }) => (disturbance !== undefined || (write && count === nth) ? { kind: 'meanwhile', act: () => (disturbance ??= disturb()) } : undefined));
      const done = await run(via, ['recover'], { with: confirmed(story) });
      proxy.break();
      const [id = ''] = recordedIn(done.sessions).runs;
      return { ...done, id, asked };
    },
    resume: ({ sessions, id }, flags = []) => run(via, ['resume', id], { sessions, with: ['--confirm', story.realm, ...flags] }),
  };
}

const eventsOf = (done: ToolRun): RunEvent[] => done.stdout.trim().split('\n').slice(0, -1).map((line) => (JSON.parse(line) as JournalLine).event);
const plain = async ({ story }: Scene) => (await readRealm(story.calls)).plain;

/** The last of the lost mappers, made anew by somebody in the console with another claim, while the first client is being restored. */
async function colleagueMakes({ story: { calls } }: Scene, { client, mapper }: (typeof LOST_MAPPERS)[number]): Promise<void> {
  await must(calls, 'POST', `/clients/${await clientUuid(calls, client)}/protocol-mappers/models`, attributeMapper(mapper, 'theirs'));
}

/** A mapper is gone, whoever took it. */
export async function removeMapper(calls: AdminCalls, { client, mapper }: (typeof LOST_MAPPERS)[number]): Promise<void> {
  const id = await clientUuid(calls, client);
  await must(calls, 'DELETE', `/clients/${id}/protocol-mappers/models/${await mapperUuid(calls, id, mapper)}`);
}

/** Drift under our feet: what was to be restored is something else by now. Nothing is sent over it; the person decides, and both ways lead to an end. */
export async function expectColleagueHeard(scene: Scene): Promise<void> {
  const [, lost] = LOST_MAPPERS;
  const id = `client-mapper:${lost.client}/${lost.mapper}`;
  const stopped = await scene.recover(1, () => colleagueMakes(scene, lost));
  expectRefusal(stopped, { exit: 5, says: `The protocol mapper ${lost.mapper} of ${lost.client} is neither as it was captured nor as it is to be restored`, next: /can be kept/ });
  expect(stopped.stderr.split('\n')).toContain(id);
  const looked = eventsOf(stopped).find((event) => event.type === 'write.looked');
  // Both are in the record: what they made, and in the plan what it was to be.
  expect(JSON.stringify(looked)).toContain('theirs');

  // Nobody has decided, so nothing is sent.
  const asked = scene.proxy.asked.length;
  expectRefusal(await scene.resume(stopped), { exit: 5, says: /neither as it was captured/, next: /can be kept/ });
  expect(scene.proxy.asked.length).toBe(asked);

  // Kept: their mapper stays, everything else is restored, and the end says that something was left.
  const answers = join(sessionPlace(), 'answers.yaml');
  writeFileSync(answers, `${JSON.stringify(id)}: keep\n`);
  const kept = await scene.resume(stopped, ['--answers', answers]);
  expect(lastLine(kept)).toMatchObject({ failed: 0, left: 1, exit: 2 });
  const { story: { wanted } } = scene;
  const now = await plain(scene);
  expect(JSON.stringify(now.clients[lost.client])).toContain('theirs');
  expect({ ...now, clients: { ...now.clients, [lost.client]: null } }).toEqual({ ...wanted, clients: { ...wanted.clients, [lost.client]: null } });
  expect(eventsOf(kept).find((event) => event.type === 'account.done')).toMatchObject({ account: { ok: true, moved: [], notes: [`${id} is as somebody else made it meanwhile, and was kept.`] } });
}

/** They take it back themselves: the run goes on as if nothing had been. */
export async function expectColleagueTookBack(scene: Scene): Promise<void> {
  const [, lost] = LOST_MAPPERS;
  const stopped = await scene.recover(1, () => colleagueMakes(scene, lost));
  expect(stopped.exit).toBe(5);
  await removeMapper(scene.story.calls, lost);
  expect(await scene.resume(stopped)).toMatchObject({ exit: 0, stderr: '' });
  expect(await plain(scene)).toEqual(scene.story.wanted);
}

export interface Strike {
  /** By which the realm is overwritten again, in the middle of the restore. */
  readonly act: () => Promise<void>;
  /** What the run says of it. */
  readonly looks: RegExp;
  readonly next: RegExp;
}

/** The writer strikes again: noticed before a second client is begun, with what it looks like. */
export async function expectStrikeNoticed(scene: Scene, nth: number, { act, looks, next }: Strike): Promise<Disturbed> {
  const stopped = await scene.recover(nth, act);
  expectRefusal(stopped, { exit: 5, says: /was restored by this run and is not as it was left: the realm is being overwritten again\. It looks like /, next });
  expect(stopped.stderr).toMatch(looks);
  const events = eventsOf(stopped);
  const groups = events.flatMap((event) => (event.type === 'plan.made' ? event.plan.groups : []));
  const ownerOf = new Map(groups.flatMap((group) => group.operations.map(({ id }) => [id, group.owner] as const)));
  const intents = events.flatMap((event) => (event.type === 'write.intended' ? [ownerOf.get(event.operation) ?? ''] : []));
  // Those that were under way when it was over may have ended, and one client may have been begun.
  const underWay = new Set(intents.slice(0, stopped.asked));
  expect([...new Set(intents.slice(stopped.asked))].filter((owner) => !underWay.has(owner)).length).toBeLessThanOrEqual(1);
  expect(events.find((event) => event.type === 'write.overwritten')).toMatchObject({ failure: { code: 'overwritten' } });
  return stopped;
}

/** After a strike that left all ids: everything restored is looked at again, what is gone is written again, and the end is as before the incident. */
export async function expectOvercome(scene: Scene, stopped: { readonly sessions: string; readonly id: string }): Promise<void> {
  const resumed = await scene.resume(stopped);
  expect(resumed).toMatchObject({ exit: 0, stderr: '' });
  expect(lastLine(resumed)).toMatchObject({ failed: 0, left: 0, exit: 0 });
  expect(await plain(scene)).toEqual(scene.story.wanted);
}

/**
 * What a program does that goes by its file, object by object: whatever the file does not have is taken away, restored or not. Whoever
 * it logs in as, admin events would name it.
 */
export async function strikeByRest({ story: { calls } }: Scene): Promise<void> {
  for (const { client, mapper } of LOST_MAPPERS) {
    const id = await clientUuid(calls, client);
    const found = idIn(await must(calls, 'GET', `/clients/${id}/protocol-mappers/models`), 'name', mapper);
    if (found !== undefined) await must(calls, 'DELETE', `/clients/${id}/protocol-mappers/models/${found}`);
  }
  for (const { client, scope, link } of LOST_SCOPES) {
    const found = idIn(await must(calls, 'GET', '/client-scopes'), 'name', scope);
    if (found === undefined) continue;
    await calls.call('DELETE', `/clients/${await clientUuid(calls, client)}/${link}-client-scopes/${found}`);
    await must(calls, 'DELETE', `/client-scopes/${found}`);
  }
}

/** A partialImport with OVERWRITE of the clients, which are made anew by it: other ids, and nothing that the file does not have. */
export async function strikeByPartialImport({ story: { calls } }: Scene): Promise<void> {
  const files = await Promise.all(CHANGED_CLIENTS.map(async (name) => {
    const { id: _id, protocolMappers: _lost, ...file } = (await must(calls, 'GET', `/clients/${await clientUuid(calls, name)}`)) as Record<string, unknown>;
    return file;
  }));
  await must(calls, 'POST', '/partialImport', { ifResourceExists: 'OVERWRITE', clients: files });
}
