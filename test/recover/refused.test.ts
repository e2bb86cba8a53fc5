// A refusal says that the server did not do it, not that it is not there: another run may just have done the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { startFaultProxy, type Fault } from '../bad-input/faultProxy.ts';
import { recordedIn } from '../bad-input/refusal.ts';
import { confirmed, run, stageOn, type Story } from '../bad-input/story.ts';
import { readRealm } from '../harness/independent.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const stage = (realm: string): Promise<Story> => stageOn({ url: sandbox.url, ...sandbox.admin }, realm);
const CONFLICT: Fault = { kind: 'answer', status: 409, body: '{"errorMessage":"Protocol mapper exists with same name"}', applied: true };

it('what is refused and is there as wanted counts as restored, and the record has the refusal', async () => {
  const story = await stage('refused');
  const proxy = await startFaultProxy(story.url);
  proxy.break(({ write, method }) => (write && method === 'POST' ? CONFLICT : undefined));
  const done = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
  await proxy.close();
  expect(done).toMatchObject({ exit: 0, stderr: '' });
  expect((await readRealm(story.calls)).plain.clients).toEqual(story.wanted.clients);
  const journal = readFileSync(join(done.sessions, recordedIn(done.sessions).runs[0] ?? '', 'journal.jsonl'), 'utf8');
  expect(journal).toMatch(/with 409: Protocol mapper exists with same name/);
});

it('an undo that is refused and is done all the same is told as done', async () => {
  const story = await stage('undo-refused');
  const done = await run(story, ['recover'], { with: confirmed(story) });
  const proxy = await startFaultProxy(story.url);
  proxy.break(({ write, method }) => (write && method === 'DELETE' ? { ...CONFLICT, status: 404, body: '{"error":"Model not found"}' } : undefined));
  const undone = await run({ ...story, url: proxy.url }, ['undo', recordedIn(done.sessions).runs[0] ?? ''], { sessions: done.sessions, with: ['--confirm', story.realm] });
  await proxy.close();
  expect(JSON.parse(undone.stdout)).toMatchObject({ left: [] });
  expect((await readRealm(story.calls)).plain.clients).toEqual(story.destroyed.clients);
});

it('a provider that somebody makes at the same moment with another secret is not called restored', async () => {
  const story = await stage('refused-secret');
  const provider = (clientSecret: string) => ({ alias: 'corp', providerId: 'oidc', enabled: true, config: { authorizationUrl: 'https://idp.example.com/a', tokenUrl: 'https://idp.example.com/t', clientId: 'x', clientSecret } });
  writeFileSync(story.evidence, JSON.stringify({ ...(JSON.parse(readFileSync(story.evidence, 'utf8')) as object), identityProviders: [provider('ours')] }));
  const proxy = await startFaultProxy(story.url);
  proxy.break(({ write, path }) => (write && path.endsWith('/identity-provider/instances') ? { kind: 'meanwhile', act: async () => void (await must(story.calls, 'POST', '/identity-provider/instances', provider('theirs'))) } : undefined));
  const done = await run({ ...story, url: proxy.url }, ['recover'], { with: confirmed(story) });
  await proxy.close();
  expect(done.exit).toBe(3);
  expect(done.stderr).toMatch(/identity-provider\/instances with 409/);
});
