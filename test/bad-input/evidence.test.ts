// Evidence and answers that cannot be used: said before a session, a lock or a request is made.
import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { startCountingProxy, type CountingProxy } from '../harness/proxy.ts';
import { expectRefusal, lastLine, recordedIn } from './refusal.ts';
import { confirmed, decided, run, stageSandbox, type Story } from './story.ts';

let story: Story;
let proxy: CountingProxy;
let stop: () => Promise<void>;
beforeAll(async () => {
  const staged = await stageSandbox();
  proxy = await startCountingProxy(staged.url);
  story = { ...staged, url: proxy.url };
  stop = () => staged.sandbox.close();
  writeFiles(story.directory);
});
afterAll(async () => {
  expect(proxy.writes).toEqual([]);
  await proxy.close();
  await stop();
});

const file = (name: string) => join(story.directory, name);

function writeFiles(directory: string): void {
  const put = (name: string, content: string | Buffer) => writeFileSync(join(directory, name), content);
  put('empty.json', '');
  put('broken.json', '{\n  "realm": "primary",\n  "clients": [\n    { "clientId": "a"\n  ]\n}\n');
  put('cut.json', '{"realm": "primary"');
  put('broken.yaml', 'realm: primary\nclients: [1, 2\n');
  put('list.json', '[1, 2]');
  put('else.json', '{"hello": "world"}');
  put('prose.txt', 'The realm is called primary.\n');
  put('other.json', JSON.stringify(goodRealmFile({ realm: 'staging' })));
  put('hostile.json', JSON.stringify({ realm: '\u001B[31mred\u009B2J\u202Eder', enabled: true, clients: [] }));
  put('binary.json', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7) % 256)));
  put('utf16.json', Buffer.from('﻿{"realm": "primary", "clients": []}', 'utf16le'));
  put('huge.json', '{"realm": "primary"');
  truncateSync(join(directory, 'huge.json'), 200 * 1024 * 1024);
  put('snapshot.json', JSON.stringify({ schema: 'realm-rescue/snapshot/v9' }));
  put('half-snapshot.json', JSON.stringify({ schema: 'realm-rescue/snapshot/v1', realm: 'primary' }));
  mkdirSync(join(directory, 'folder'));
}

describe('evidence', () => {
  const CASES: readonly (readonly [string, RegExp, RegExp])[] = [
    ['missing.json', /missing\.json does not exist or cannot be opened/, /Check the path/],
    ['folder', /folder is not a file/, /realm file itself/],
    ['empty.json', /empty\.json is empty/, /holds the realm/],
    ['broken.json', /broken at line 5, column 3: comma expected/, /git:PATH@REVISION/],
    ['cut.json', /broken at line \d+, column \d+: close brace expected/, /Correct the file/],
    ['broken.yaml', /broken at line \d+, column \d+/, /Correct the file/],
    ['list.json', /holds no realm/, /ConfigMap/],
    ['else.json', /holds no realm/, /realm export/],
    ['prose.txt', /holds no realm/, /realm export/],
    ['other.json', /holds realm staging, not realm primary/, /--realm/],
    ['hostile.json', /holds realm \uFFFDred\uFFFDder, not realm primary/, /--realm/],
    ['binary.json', /is no text in UTF-8/, /realm file itself/],
    ['utf16.json', /is no text in UTF-8/, /save it as UTF-8/],
    ['huge.json', /larger than 64 MiB/, /--users skip/],
    ['snapshot:missing.json', /does not exist/, /Check the path/],
    ['snapshot:broken.json', /is no snapshot: it is not JSON/, /earlier one/],
    ['snapshot:else.json', /is no snapshot of realm-rescue/, /use file:/],
    ['snapshot:snapshot.json', /has the format realm-rescue\/snapshot\/v9/, /version of realm-rescue/],
    ['snapshot:half-snapshot.json', /is no snapshot of realm-rescue/, /use file:/],
    ['git:repo/realm.json', /does not name any evidence/, /git:PATH@REVISION/],
    ['git:repo/realm.json@', /does not name any evidence/, /git:PATH@REVISION/],
    ['realm:', /does not name any evidence/, /realm:NAME/],
    ['file:', /does not name any evidence/, /file:PATH/],
    ['configmap:keycloak/realm', /No kubeconfig is found/, /--kubeconfig FILE/],
    ['configmap:realm', /does not name anything in a cluster/, /configmap:NAMESPACE\/NAME/],
    ['events:2d', /Admin events cannot be read as evidence by this version/, /git revision/],
  ];
  it.concurrent.each(CASES)('%s', async (spec, says, next) => {
    const [, type = '', path = ''] = /^((?:git|snapshot|file|realm|configmap|events):)?(.*)$/.exec(spec) ?? [];
    const named = ['', 'git:', 'snapshot:'].includes(type) ? `${type}${file(path)}` : spec;
    const tried = await run(story, ['recover'], { with: [...confirmed(story).slice(2), '--evidence', named] });
    expectRefusal(tried, { exit: 64, says, next });
    expect(recordedIn(tried.sessions)).toEqual({ runs: [], others: [] });
  });

  it('with masked secrets says so, and the run goes on without them', async () => {
    writeFileSync(file('masked.json'), JSON.stringify(goodRealmFile(story.calls, { secrets: 'masked' })));
    const done = await run(story, ['recover'], { with: ['--evidence', file('masked.json'), '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', '--read-only'] });
    expect(done.exit).toBe(2);
    const read = done.stdout.split('\n').find((line) => line.includes('"evidence.read"')) ?? '';
    expect(read).toMatch(/\d+ masked secrets? \(\*{10}\): they cannot be restored from here and are never sent/);
    expect(done.stdout).not.toMatch(/"\$secret"[^}]*\*{10}/);
  });

  it('of a realm that the server does not have', async () => {
    expectRefusal(await run(story, ['recover'], { with: ['--evidence', 'realm:nowhere', '--confirm', 'primary'] }), { exit: 3, says: /The realm nowhere does not exist/, next: /case sensitive/ });
    expectRefusal(await run(story, ['compare'], { with: ['--evidence', 'realm:nowhere'] }), { exit: 3, says: /The realm nowhere does not exist/, next: /case sensitive/ });
  });
});

describe('answers', () => {
  const CASES: readonly (readonly [string, string | null, RegExp, RegExp])[] = [
    ['a file that is missing', null, /--answers names .*\(ENOENT\)/, /Check the path/],
    ['broken YAML', 'a: [restore\n', /is not valid YAML: .* at line \d+, column \d+/, /client-mapper:auth-service\/groups: restore/],
    ['a list', '- restore\n', /holds no map/, /one line for each difference/],
    ['nothing', '', /holds no map/, /one line for each difference/],
    ['a choice that is none', 'client-mapper:auth-service/groups: sideways\n', /answers client-mapper:auth-service\/groups with "sideways"; restore, keep and leave/, /one line for each/],
    ['the same difference twice', 'a: keep\na: restore\n', /is not valid YAML: Map keys must be unique at line 2/, /one line for each/],
  ];
  it.concurrent.each(CASES)('%s', async (name, content, says, next) => {
    const path = file(`${name}.yaml`);
    if (content !== null) writeFileSync(path, content);
    const tried = await run(story, ['recover'], { with: [...decided(story), '--answers', path] });
    expectRefusal(tried, { exit: 64, says, next });
    expect(recordedIn(tried.sessions)).toEqual({ runs: [], others: [] });
  });
});

describe('a branch that cannot be made is refused before the realm is written', () => {
  it.concurrent.each([
    ['no repository', [], /A branch needs a git working tree/, /--repo/],
    ['a directory outside of git', ['--repo', tmpdir()], /A branch needs a git working tree/, /--repo/],
    ['a name that is none', ['--repo', '.', '--branch', 'a..b'], /"a\.\.b" is not a name for a branch/, /another name/],
  ] as const)('%s', async (_, flags, says, next) => {
    const tried = await run(story, ['recover'], { with: [...confirmed(story), '--evidence', story.evidence, '--branch', 'mended', ...flags] });
    expectRefusal(tried, { exit: 64, says, next });
    expect(recordedIn(tried.sessions)).toEqual({ runs: [], others: [] });
  });
});

it('answers for a difference that nobody knows decide nothing, so the run does not begin to write', async () => {
  const path = file('unknown.yaml');
  writeFileSync(path, 'client-mapper:auth-service/group: leave\nclient:auth-service: leave\n');
  for (const command of ['recover', 'plan']) {
    expectRefusal(await run(story, [command], { with: [...decided(story), '--answers', path] }), { exit: 64, says: /names client-mapper:auth-service\/group, which neither/, next: /realm-rescue compare/ });
  }
});

describe('other files that flags name', () => {
  it.concurrent.each([
    ['missing', null, /--refresh-token-file names .*\(ENOENT\)/, /Check the path/],
    ['empty', '', /holds no refresh token/, /client id on the first line/],
    ['no token', 'auth-service\nhunter2\n', /holds no refresh token/, /client id on the first line/],
    ['of nobody', 'eyJhbGciOiJub25lIn0.e30.x', /does not say which client/, /client id on the first line/],
  ])('a refresh token file that is %s', async (name, content, says, next) => {
    const path = file(`token-${name}`);
    if (content !== null) writeFileSync(path, content);
    const tried = await run(story, ['recover'], { with: [...confirmed(story), '--refresh-token-file', path] });
    expectRefusal(tried, { exit: 64, says, next });
    expect(tried.stderr).not.toContain('hunter2');
    expect(recordedIn(tried.sessions)).toEqual({ runs: [], others: [] });
  });

  it.concurrent('a repository that is none', async () => {
    expectRefusal(await run(story, ['recover'], { with: ['--repo', file('nowhere')] }), { exit: 64, says: /--repo names .*nowhere, which is no directory/, next: /working tree/ });
  });

  it.concurrent('a file that may not be read', async () => {
    writeFileSync(file('private.json'), readFileSync(story.evidence));
    chmodSync(file('private.json'), 0o000);
    // Root may read everything, and then there is nothing bad about this input.
    const tried = await run(story, ['compare'], { with: ['--evidence', file('private.json')] });
    if (process.getuid?.() === 0) expect(tried.exit).toBe(2);
    else expectRefusal(tried, { exit: 64, says: /cannot be read/, next: /rights of the file/ });
  });
});

describe('a run that nobody decides', () => {
  it.concurrent.each([
    ['without --confirm', [], /wait for a confirmation; no --confirm was given/, '--confirm primary'],
    ['with another word', ['--confirm', 'Primary'], /--confirm says "Primary"/, '--confirm primary'],
    ['with an empty word', ['--confirm', ''], /--confirm says ""/, '--confirm primary'],
  ])('%s names the word and writes nothing', async (_, flags, says, missing) => {
    const tried = await run(story, ['recover'], { with: [...decided(story), ...flags] });
    expectRefusal(tried, { exit: 5, says, next: /realm-rescue resume [0-9a-f]{4}/ });
    expect(tried.stderr.split('\n')[0]).toBe(missing);
  });

  it.concurrent('with something left to ask names every difference', async () => {
    const tried = await run(story, ['recover'], { with: ['--evidence', story.evidence, '--lost', 'ask', '--live-only', 'keep', '--confirm', 'primary'] });
    expectRefusal(tried, { exit: 5, says: /differences are left open; --lost, --changed, --live-only or --answers/, next: /resume/ });
    const compared = await run(story, ['compare'], { with: ['--evidence', story.evidence] });
    const { differences } = JSON.parse(compared.stdout) as { differences: { id: string; change: string }[] };
    const lost = differences.filter(({ change }) => change === 'lost').map(({ id }) => id).sort();
    expect(tried.stderr.split('\n').filter((line) => /^[a-z-]+:/.test(line) && !line.startsWith('realm-rescue:')).sort()).toEqual(lost);
    expect(lost.length).toBeGreaterThan(8);
  });

  it.concurrent('without evidence names the flag', async () => {
    const tried = await run(story, ['recover'], { with: ['--confirm', 'primary'] });
    expectRefusal(tried, { exit: 5, says: /no evidence was named/, next: /resume/ });
    expect(tried.stderr).toMatch(/^--evidence SPEC$/m);
  });

  it.concurrent('with a client that nobody has is no recovery', async () => {
    const tried = await run(story, ['recover'], { with: [...confirmed(story), '--client', 'auth-servise'] });
    expectRefusal(tried, { exit: 64, says: /--client names auth-servise, which neither/, next: /auth-service/ });
    expectRefusal(await run(story, ['plan'], { with: [...decided(story), '--client', 'auth-servise'] }), { exit: 64, says: /auth-servise/, next: /auth-service/ });
  });

  it.concurrent('read-only does everything but write, and says 2', async () => {
    const done = await run(story, ['recover'], { with: [...confirmed(story), '--read-only'] });
    expect(done).toMatchObject({ exit: 2, stderr: '' });
    expect(lastLine(done)).toMatchObject({ restored: 0, failed: 0, exit: 2 });
  });
});
