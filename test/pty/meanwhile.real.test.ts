// Others at work in the realm, seen by the person who restores it client by client.
import { afterEach, expect, it } from 'vitest';
import { must } from '../../src/sandbox/incident/calls.ts';
import { clientUuid } from '../../src/sandbox/incident/lookups.ts';
import { LOST_MAPPERS } from '../../src/sandbox/incident/loss.ts';
import { attributeMapper } from '../../src/sandbox/incident/mappers.ts';
import { acquireLock } from '../../src/journal/lock.ts';
import type { Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { stageSandbox } from '../bad-input/story.ts';
import { readRealm } from '../harness/independent.ts';
import { sessionPlace } from '../harness/tool.ts';
import { removeMapper } from '../recover/meanwhile.ts';
import { openPty, TOOL, type Pty } from './tmux.ts';
import { expectUsable, expectVerified, walkToEnd, walkToRestore } from './walk.ts';

let pty: Pty | undefined;
let sandbox: Sandbox | undefined;
afterEach(async () => {
  await pty?.close();
  await sandbox?.close();
});

async function confirmOne(of: Pty, word: string): Promise<void> {
  await of.type(word);
  await of.until(`${word}▏`);
  await of.key('Enter');
}

it('the writer strikes again and is paused; a colleague makes one mapper otherwise: one is written again, the other kept', async () => {
  const staged = await stageSandbox();
  ({ sandbox } = staged);
  const { calls, realm, url, user, password, evidence, wanted } = staged;
  const sessions = sessionPlace();
  const [first, second] = LOST_MAPPERS;
  pty = await openPty(80, 24);
  // Each word of a person is followed by a look at all that was restored, however quickly it was typed.
  const still = `NODE_OPTIONS=--import=${new URL('../harness/still-clock.mjs', import.meta.url).href}`;
  await pty.command(`${still} ${TOOL} recover --url ${url} --realm ${realm} --username ${user} --evidence ${evidence} --session-dir ${sessions}`);
  await pty.until('Password of ');
  await pty.type(password);
  await pty.key('Enter');
  await walkToRestore(pty, realm);
  await confirmOne(pty, realm);
  await pty.until((screen) => screen.includes('Restore 2/6') && screen.includes(`Type ${realm}`));

  await removeMapper(calls, first);
  await confirmOne(pty, realm);
  const struck = await pty.until(`DIVERGED  protocol mapper ${first.mapper} of ${first.client}`);
  const text = struck.replaceAll(/\s+/g, ' ');
  expect(text).toContain('the realm is being overwritten again. It looks like');
  expect(text).toContain('Pause the writer first');
  expect(struck).toMatch(/- restored \{[^]*\+ now {6}\(not there\)/);
  expect(struck).toContain('r look again  k keep what is there');
  await pty.type('r');
  await pty.until('Restore 3/6');

  await must(calls, 'POST', `/clients/${await clientUuid(calls, 'media-service')}/protocol-mappers/models`, attributeMapper('beside', 'beside'));
  await removeMapper(calls, second);
  await must(calls, 'POST', `/clients/${await clientUuid(calls, second.client)}/protocol-mappers/models`, attributeMapper(second.mapper, 'theirs'));
  await confirmOne(pty, realm);
  await pty.until(`DIVERGED  protocol mapper ${second.mapper} of ${second.client}`);
  // The value of somebody else is in sight, at the foot of what can be scrolled.
  await pty.key('PageDown');
  await pty.until((screen) => /at config\.claim\.name\s+\+ now +theirs/.test(screen));
  await pty.type('k');
  await pty.until(`Type ${realm}`);
  expect(await walkToEnd(pty, realm)).toBe(4);
  const all = (await pty.all()).replaceAll(/\s+/g, ' ');
  await expectVerified(sessions, pty);
  await expectUsable(pty);

  const { plain } = await readRealm(calls);
  const mappers = (client: string) => JSON.stringify(plain.clients[client]);
  expect(mappers(first.client)).toEqual(JSON.stringify(wanted.clients[first.client]));
  expect(mappers(second.client)).toContain('theirs');
  expect(mappers('media-service')).toContain('beside');
  expect(Object.keys(plain.clientScopes)).toEqual(Object.keys(wanted.clientScopes));
  // What was kept is told; what nobody was asked about as well, and only that keeps the run from coming out even.
  expect(all).toContain('1 thing MOVED: client-mapper:media-service/beside');
});

it('who comes second on the same machine looks on, told who works since when, and can write nothing', async () => {
  const staged = await stageSandbox();
  ({ sandbox } = staged);
  const { calls, realm, url, user, password, evidence, destroyed } = staged;
  const sessions = sessionPlace();
  const lock = acquireLock({ directory: sessions, url, realm, session: 'beef', now: Date.now });
  pty = await openPty(80, 24);
  await pty.command(`${TOOL} recover --url ${url} --realm ${realm} --username ${user} --evidence ${evidence} --session-dir ${sessions}`);
  await pty.until('Password of ');
  await pty.type(password);
  await pty.key('Enter');
  await pty.until('Stated:');
  expect((await pty.all()).replaceAll(/\s+/g, '')).toMatch(new RegExp(`Runbeefworksonrealm${realm}of${url}since\\d\\d:\\d\\d:\\d\\dUTCon\\d{4}-\\d\\d-\\d\\d\\(process${process.pid}on.*\\)\\.Thisonelookson,read-only\\.`));
  await pty.key('Enter');
  await pty.until('answers missing', 60_000);
  await pty.type('a');
  await pty.until('No answer is missing.');
  await pty.key('Enter');
  // The plan is made and shown; there is no word that would start it.
  expect(await pty.exitCode(60_000)).toBe(2);
  expect(await pty.all()).not.toContain(`Type ${realm}`);
  expect((await readRealm(calls)).plain).toEqual(destroyed);
  expect(lock.release()).toBe(true);
});
