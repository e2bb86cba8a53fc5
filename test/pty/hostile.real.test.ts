import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { must, openAdminCalls, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { startFaultProxy, type FaultProxy } from '../bad-input/faultProxy.ts';
import { ATTACKS, hostileRealm, loseHostile } from '../bad-input/hostile.ts';
import { expectHarmless } from '../harness/harmless.ts';
import { readRealm, type PlainRealm } from '../harness/independent.ts';
import { runTool, sessionPlace } from '../harness/tool.ts';
import { openPty, TOOL, type Pty } from './tmux.ts';
import { expectUsable, walkToEnd } from './walk.ts';
import { eventually } from './world.ts';

/** What Ink and the tool write themselves: moves of the cursor, erasing, the 16 colours, bold and dim, modes of the terminal. No title, no clipboard, no string. */
// oxlint-disable-next-line no-control-regex
const OWN = /\u001b\[(?:\d*(?:;\d+)?[ABCDEFGHJK]|(?:0|1|2|22|3[0-7]|39|9[0-7])(?:;\d+)*m|\?\d+[hlu$]p?|[<>=]\d*(?:;\d+)?u|\?u|c|6n)/g;

const realm = 'hostile-pty';
let sandbox: Sandbox;
let proxy: FaultProxy;
let calls: AdminCalls;
let wanted: PlainRealm;
let pty: Pty | undefined;
beforeAll(async () => {
  sandbox = await startSandbox();
  proxy = await startFaultProxy(sandbox.url);
  calls = openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm });
  await must(calls, 'POST', '/admin/realms', hostileRealm(realm, true));
  wanted = (await readRealm(calls)).plain;
});
afterAll(async () => {
  await pty?.close();
  await proxy.close();
  await sandbox.close();
});

// Some ninety writes, each after the other: half a minute here, and several on a machine that is slow and busy.
it.each([[80, 24], [40, 24]] as const)('a recovery by keys of a realm full of hostile names, at %i columns', { timeout: 600_000 }, async (columns, rows) => {
  await loseHostile(calls);
  const sessions = sessionPlace();
  const bytes = join(sessions, 'bytes');
  const evidence = join(sessions, 'realm.json');
  writeFileSync(evidence, JSON.stringify(hostileRealm(realm, false)), { mode: 0o600 });
  await pty?.close();
  pty = await openPty(columns, rows, { KEYCLOAK_PASSWORD: sandbox.admin.password, TAG: ATTACKS.controls });
  const of = pty;
  // One frame is on the screen: nothing that was drawn wider than it was thought has left a piece of itself behind.
  const oneFrame = (shown: string, head: string): void => {
    // tmux takes joined emoji apart; what the tool has written is looked at below, byte for byte.
    expectHarmless(shown.replaceAll(/\u200d|\ufe0f/g, ''), 'screen');
    expect(shown.split(head).length - 1, shown).toBe(1);
    expect(shown.trimEnd().split('\n').length).toBeLessThanOrEqual(rows);
  };
  const step = (place: string) => (columns < 60 ? `step: ${place}` : `Step ${place}`);
  proxy.break(({ write, writes }) => (write && writes === 2 ? { kind: 'answer', status: 400, body: JSON.stringify({ errorMessage: ATTACKS.controls + ATTACKS.lines + ATTACKS.unseen }) } : undefined));

  await of.command(`clear; ${TOOL} recover --url ${proxy.url} --realm ${realm} --username ${sandbox.admin.username} --evidence ${evidence} --env-tag "$TAG" --session-dir ${sessions}`);
  await of.recordTo(bytes);
  await of.until('Stated:');
  await of.paste(ATTACKS.unseen + ATTACKS.emoji);
  await of.key('Enter');
  oneFrame(await of.until('answers missing', 60_000), step('7/13 Choose'));
  for (let client = 0; client < 10; client += 1) {
    await of.key('d');
    oneFrame(await of.until('suggested'), step('7/13 Choose'));
    await of.key('Escape');
    oneFrame(await of.until((screen) => !/^ *suggested/m.test(screen) && screen.includes('answers missing')), step('7/13 Choose'));
    await of.key('Down');
  }
  await of.type('w');
  await of.until('Any other key closes this.');
  await of.key('Escape');
  await of.until('answers missing');
  await of.type('a');
  const left = await of.until((screen) => /No answer is missing\.|\b1 answer missing/.test(screen));
  if (left.includes('1 answer missing')) await of.type('nr');
  oneFrame(await of.until('No answer is missing.'), step('7/13 Choose'));
  await of.key('Enter');
  oneFrame(await of.until(`Type ${realm} to`), step('8/13 Restore'));
  await of.type(`${realm} all`);
  await of.key('Enter');
  oneFrame(await of.until('r looks at the', 60_000), step('8/13 Restore'));
  await of.type('r');
  // Nothing that stands on the screen already.
  const next = await of.until((screen) => screen.includes(`Type ${realm} to`) || screen.includes('What has been resumed'), 400_000);
  if (next.includes(`Type ${realm} to`)) expect(await walkToEnd(of, realm)).toBe(0);
  else {
    await of.key('Enter');
    expect(await of.exitCode(60_000)).toBe(0);
  }

  const all = await of.all();
  expect(all).not.toContain(step(''));
  // What is recorded comes a little later than what is shown: up to the exit code that the shell has told.
  await eventually(() => /exit 1 is \d/.test(readFileSync(bytes, 'utf8')), 'what was written to be recorded');
  const written = readFileSync(bytes, 'utf8');
  const foreign = written.replace(OWN, '').replaceAll('\r', '');
  expectHarmless(foreign, 'bytes');
  expect((await readRealm(calls)).plain).toEqual(wanted);
  expect((await runTool(['transcript', 'verify', 'last', '--session-dir', sessions])).exit).toBe(0);
  await expectUsable(of);
});
