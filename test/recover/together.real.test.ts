// Two people recover the same realm from two machines, and a third edits it in the admin console all the while.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { editMapper } from '../../src/sandbox/incident/destroy.ts';
import { clientUuid, mapperUuid } from '../../src/sandbox/incident/lookups.ts';
import { CHANGED_CLIENTS, EDITED_MAPPER, LOST_MAPPERS } from '../../src/sandbox/incident/loss.ts';
import { attributeMapper } from '../../src/sandbox/incident/mappers.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { startFaultProxy } from '../bad-input/faultProxy.ts';
import { recordedIn } from '../bad-input/refusal.ts';
import { confirmed, run, stageOn, type Story } from '../bad-input/story.ts';
import { readRealm, type PlainRealm } from '../harness/independent.ts';
import { sharedKeycloak } from '../harness/shared.ts';
import { sessionPlace, type ToolRun } from '../harness/tool.ts';

interface Edit {
  readonly what: string;
  /** As the console does it: whole representations, read and sent back. */
  readonly make: (calls: AdminCalls) => Promise<unknown>;
  /** Whether it is in the realm; by somebody who has never seen the tool. */
  readonly stands: (realm: PlainRealm) => boolean;
}

/**
 * A client as the console saves it: read whole, changed in one place, sent back whole. Keycloak answers 500 where another write to the same client
 * is under way (26.7.4), and whoever sits there presses Save again.
 */
async function saveClient(calls: AdminCalls, clientId: string, change: (client: Record<string, unknown>) => Record<string, unknown>): Promise<void> {
  const path = `/clients/${await clientUuid(calls, clientId)}`;
  for (let presses = 1; ; presses += 1) {
    const client = (await must(calls, 'GET', path)) as Record<string, unknown>;
    const { status } = await calls.call('PUT', path, { ...client, ...change(client) });
    if (status < 300) return;
    if (status !== 500 || presses === 5) throw new Error(`saving ${clientId} is answered with ${status}`);
  }
}

const has = (part: unknown, text: string): boolean => JSON.stringify(part ?? null).includes(text);

/** The mappers of a client as text, without the one that the editor had changed before. */
function mappersOf(realm: PlainRealm, client: string): string[] {
  const { protocolMappers = [] } = realm.clients[client] as { readonly protocolMappers?: readonly { readonly name: string }[] };
  return protocolMappers.filter(({ name }) => name !== EDITED_MAPPER.mapper).map((mapper) => JSON.stringify(mapper));
}

const [{ client: first }, lost] = LOST_MAPPERS;
/** What is to be restored, changed in another way before either run gets there: they have to be asked. */
async function editPlanned(calls: AdminCalls): Promise<void> {
  const client = await clientUuid(calls, EDITED_MAPPER.client);
  const path = `/clients/${client}/protocol-mappers/models/${await mapperUuid(calls, client, EDITED_MAPPER.mapper)}`;
  const mapper = (await must(calls, 'GET', path)) as { config: Record<string, string> };
  await must(calls, 'PUT', path, { ...mapper, config: { ...mapper.config, 'included.custom.audience': 'edit-0' } });
}

/** One before each write of either run reaches the server: on clients that are being restored, on what is to be restored next, and elsewhere. */
const EDITS: readonly Edit[] = [
  { what: 'what both are about to restore', make: editPlanned, stands: () => true },
  { what: 'a description', make: (calls) => saveClient(calls, 'billing-service', () => ({ description: 'edit 1: seen at night' })), stands: (realm) => has(realm.clients['billing-service'], 'edit 1') },
  { what: 'a redirect URI of a client that is being restored', make: (calls) => saveClient(calls, first, (client) => ({ redirectUris: [...((client['redirectUris'] ?? []) as string[]), 'https://edit-2.example.com/*'] })), stands: (realm) => has(realm.clients[first], 'edit-2') },
  { what: 'a role', make: (calls) => must(calls, 'POST', '/roles', { name: 'edit-3' }), stands: (realm) => has(realm.roles, 'edit-3') },
  { what: 'a mapper beside a lost one', make: async (calls) => must(calls, 'POST', `/clients/${await clientUuid(calls, lost.client)}/protocol-mappers/models`, attributeMapper('edit-4', 'edit-4')), stands: (realm) => has(realm.clients[lost.client], 'edit-4') },
  { what: 'a client', make: (calls) => must(calls, 'POST', '/clients', { clientId: 'edit-5', publicClient: true }), stands: (realm) => 'edit-5' in realm.clients },
  { what: 'the name of the realm', make: async (calls) => must(calls, 'PUT', '', { ...((await must(calls, 'GET', '')) as object), displayName: 'edit 6' }), stands: (realm) => has(realm.realm, 'edit 6') },
];

/** Goes on with a run as its person would: whatever somebody else has changed meanwhile is kept. */
async function toItsEnd(story: Story, done: ToolRun & { readonly sessions: string }): Promise<{ readonly told: string; readonly exit: number | null }> {
  const [id = ''] = recordedIn(done.sessions).runs;
  let told = done.stderr + done.stdout;
  let last: ToolRun = done;
  for (let turn = 0; turn < 5 && (last.exit === 5 || last.exit === 3); turn += 1) {
    const open = last.stderr.split('\n').filter((line) => /^[a-z-]+:\S/.test(line) && !line.startsWith('realm-rescue:'));
    const answers = join(sessionPlace(), 'answers.yaml');
    writeFileSync(answers, open.map((question) => `${JSON.stringify(question)}: keep\n`).join(''));
    last = await run(story, ['resume', id], { sessions: done.sessions, with: ['--confirm', story.realm, ...(open.length > 0 ? ['--answers', answers] : [])] });
    told += last.stderr + last.stdout;
  }
  return { told, exit: last.exit };
}

it('two runs at once and an editor: all that was lost is back, every edit stands, and both runs say that others were at work', async () => {
  const story = await stageOn(sharedKeycloak(), 'together');
  await editMapper(story.calls);
  const proxies = [await startFaultProxy(story.url), await startFaultProxy(story.url)];
  const waiting = EDITS.values();
  for (const proxy of proxies) {
    proxy.break(({ write }) => {
      const edit = write ? waiting.next().value : undefined;
      return edit && { kind: 'meanwhile', act: async () => void (await edit.make(story.calls)) };
    });
  }
  const both = await Promise.all(proxies.map((proxy) => run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) })));
  const ends = await Promise.all(both.map((done, index) => toItsEnd({ ...story, url: proxies[index]?.url ?? '' }, done)));
  // An edit that could not be made at all is told here.
  for (const proxy of proxies) await proxy.close();
  const { plain } = await readRealm(story.calls);

  expect(EDITS.filter((edit) => !edit.stands(plain)).map(({ what }) => what)).toEqual([]);
  // Everything that was lost is back.
  for (const client of CHANGED_CLIENTS) expect(mappersOf(plain, client), client).toEqual(expect.arrayContaining(mappersOf(story.wanted, client)));
  expect(Object.keys(plain.clientScopes)).toEqual(Object.keys(story.wanted.clientScopes));
  expect(plain.users).toEqual(story.wanted.users);
  // What both wanted to restore and the editor had changed differently: kept, or restored by the run that was there before the edit, and never without a word.
  const planned = has(plain.clients[EDITED_MAPPER.client], 'edit-0');
  for (const { told, exit } of ends) {
    expect([0, 2, 4]).toContain(exit);
    if (!planned) expect(told).toContain('edit-0');
  }
  for (const { told } of ends) expect(told).toMatch(/somebody else wrote meanwhile|changed it meanwhile|overwritten again/);
  await wipeRealm(story.calls);
});
