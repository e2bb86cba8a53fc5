// Keycloak looks for a mapper or a flow of the same name before it makes one, or not at all, and its database has no rule: two writers at the
// same moment make two. Saving a client that has two mappers of one name is answered with 500 from then on.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { clientUuid } from '../../src/sandbox/incident/lookups.ts';
import { hardcodedMapper } from '../../src/sandbox/incident/mappers.ts';
import { wipeRealm } from '../../src/sandbox/incident/stage.ts';
import { startFaultProxy } from '../bad-input/faultProxy.ts';
import { recordedIn } from '../bad-input/refusal.ts';
import { confirmed, run, stageOn, type Story } from '../bad-input/story.ts';
import { sharedKeycloak } from '../harness/shared.ts';

/** What has a name, or an alias for one. */
type Named = Readonly<Partial<Record<'name' | 'alias', string>>>;

const HOME = 'profile-service';
const PROVIDER = 'corp';
const MAPPERS = Array.from({ length: 24 }, (_, index) => `claim-${index}`);
const FLOWS = Array.from({ length: 6 }, (_, index) => `flow-${index}`);
const PROVIDER_MAPPERS = Array.from({ length: 8 }, (_, index) => `attribute-${index}`);

/** A realm file as people write them: nothing in it has an id. */
function addToEvidence(story: Story): void {
  const file = JSON.parse(readFileSync(story.evidence, 'utf8')) as { clients: { clientId: string; protocolMappers?: unknown[] }[] };
  const client = file.clients.find(({ clientId }) => clientId === HOME);
  if (client === undefined) throw new Error(`the realm file has no ${HOME}`);
  client.protocolMappers = [...(client.protocolMappers ?? []), ...MAPPERS.map((name) => hardcodedMapper(name, name, 'yes'))];
  writeFileSync(story.evidence, JSON.stringify({
    ...file,
    authenticationFlows: FLOWS.map((alias) => ({ alias, providerId: 'basic-flow', topLevel: true, builtIn: false, authenticationExecutions: [] })),
    identityProviderMappers: PROVIDER_MAPPERS.map((name) => ({
      name, identityProviderAlias: PROVIDER, identityProviderMapper: 'oidc-user-attribute-idp-mapper', config: { syncMode: 'INHERIT', claim: name, 'user.attribute': name },
    })),
  }));
}

async function mappersOf(calls: AdminCalls, client: string): Promise<readonly string[]> {
  const { protocolMappers = [] } = (await must(calls, 'GET', `/clients/${await clientUuid(calls, client)}`)) as { protocolMappers?: Named[] };
  return protocolMappers.map(({ name = '' }) => name);
}

const startingWith = (start: string, names: readonly string[]): readonly string[] => names.filter((name) => name.startsWith(start)).toSorted();

/** Lets a write of one run go on only when the other run has come to its own one of the same sort, until one of them has ended. */
function meetingPoint(): { readonly meet: (key: string) => Promise<void>; readonly leave: () => void } {
  const waiting = new Map<string, () => void>();
  let alone = false;
  return {
    meet: (key) => new Promise((resolve) => {
      const other = waiting.get(key);
      waiting.delete(key);
      other?.();
      if (other !== undefined || alone) resolve();
      else waiting.set(key, resolve);
    }),
    leave: () => {
      alone = true;
      for (const go of waiting.values()) go();
    },
  };
}

it('two runs that make the same objects at the same moment make each of them once, and both end well', async () => {
  const story = await stageOn(sharedKeycloak(), 'same-moment');
  await must(story.calls, 'POST', '/identity-provider/instances', { alias: PROVIDER, providerId: 'oidc', config: { authorizationUrl: 'https://idp.example.com/a', tokenUrl: 'https://idp.example.com/t', clientId: 'x', clientSecret: 'x' } });
  addToEvidence(story);
  const { meet, leave } = meetingPoint();
  const proxies = [await startFaultProxy(story.url), await startFaultProxy(story.url)];
  const both = await Promise.all(proxies.map(async (proxy) => {
    const arrived = new Map<string, number>();
    proxy.break(({ write, method, path }) => {
      if (!write || method !== 'POST') return undefined;
      const nth = (arrived.get(path) ?? 0) + 1;
      arrived.set(path, nth);
      return { kind: 'meanwhile', act: () => meet(`${path} ${nth}`) };
    });
    try {
      return await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
    } finally {
      leave();
    }
  }));
  for (const proxy of proxies) await proxy.close();

  expect(startingWith('claim-', await mappersOf(story.calls, HOME))).toEqual(MAPPERS.toSorted());
  const flows = (await must(story.calls, 'GET', '/authentication/flows')) as Named[];
  expect(startingWith('flow-', flows.map(({ alias = '' }) => alias))).toEqual(FLOWS);
  const mappers = (await must(story.calls, 'GET', `/identity-provider/instances/${PROVIDER}/mappers`)) as Named[];
  expect(startingWith('attribute-', mappers.map(({ name = '' }) => name))).toEqual(PROVIDER_MAPPERS);
  for (const { exit, stderr } of both) expect([exit, stderr]).toEqual([0, expect.any(String)]);
  await wipeRealm(story.calls);
});

it('what somebody else makes twice at the same moment is not called restored before one of the two is gone', async () => {
  const story = await stageOn(sharedKeycloak(), 'made-twice');
  const proxy = await startFaultProxy(story.url);
  let once = false;
  proxy.break(({ write, method, path }) => {
    if (once || !write || method !== 'POST' || !path.endsWith('/protocol-mappers/models')) return undefined;
    once = true;
    return { kind: 'meanwhile', act: () => makeTwice(story, path) };
  });
  const done = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
  await proxy.close();
  expect(done.stderr).toContain('client-mapper:auth-service/groups is there more than once');
  expect(done.exit).toBe(3);

  const home = `/clients/${await clientUuid(story.calls, 'auth-service')}`;
  const [one, ...more] = ((await must(story.calls, 'GET', `${home}/protocol-mappers/models`)) as { id: string; name: string }[]).filter(({ name }) => name === 'groups');
  expect([one, more.length > 0]).toEqual([expect.anything(), true]);
  for (const { id } of more) await must(story.calls, 'DELETE', `${home}/protocol-mappers/models/${id}`);
  const resumed = await run(story, ['resume', recordedIn(done.sessions).runs[0] ?? ''], { sessions: done.sessions, with: ['--confirm', story.realm] });
  expect([resumed.exit, resumed.stderr]).toEqual([0, expect.any(String)]);
  expect((await mappersOf(story.calls, 'auth-service')).filter((name) => name === 'groups')).toHaveLength(1);
  await wipeRealm(story.calls);
});

it('two flows of one name are seen as well', async () => {
  const story = await stageOn(sharedKeycloak(), 'flow-twice');
  const flow = { alias: FLOWS[0], providerId: 'basic-flow', topLevel: true, builtIn: false, authenticationExecutions: [] };
  writeFileSync(story.evidence, JSON.stringify({ ...(JSON.parse(readFileSync(story.evidence, 'utf8')) as object), authenticationFlows: [flow] }));
  const proxy = await startFaultProxy(story.url);
  proxy.break(({ write, path }) => (write && path.endsWith('/authentication/flows') ? { kind: 'meanwhile', act: () => takenTwice(story, path, flow) } : undefined));
  const done = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
  await proxy.close();
  expect([done.exit, done.stderr]).toEqual([3, expect.stringContaining('flow:flow-0 is there more than once')]);
  await wipeRealm(story.calls);
});

async function makeTwice(story: Story, path: string): Promise<void> {
  const wanted = (JSON.parse(readFileSync(story.evidence, 'utf8')) as { clients: { clientId: string; protocolMappers?: Named[] }[] }).clients.flatMap(({ protocolMappers = [] }) => protocolMappers).find(({ name }) => name === 'groups');
  await takenTwice(story, path, wanted);
}

/** The same POST many times at once, until Keycloak has taken two of them. */
async function takenTwice(story: Story, path: string, wanted: unknown): Promise<void> {
  for (;;) {
    const answers = await Promise.all(Array.from({ length: 16 }, () => story.calls.call('POST', path, wanted)));
    const made = answers.filter(({ status }) => status === 201);
    if (made.length > 1) return;
    for (const { location } of made) await must(story.calls, 'DELETE', new URL(location ?? '').pathname);
  }
}
