// A login plugin that asks at the terminal, beside a real API server: it is answered there, before anything is drawn.
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { afterEach, expect, it } from 'vitest';
import { openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { stageIncident } from '../../src/sandbox/incident/stage.ts';
import { startSandbox } from '../../src/sandbox/server/sandbox.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import { sessionPlace } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { off, openPlace, POLICY, type Place } from '../kubernetes/freeze-world.ts';
import { openPty, TOOL, type Pty } from './tmux.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo'] }));
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Asking {
  readonly place: Place;
  readonly kubeconfig: string;
  readonly calls: () => number;
}

/** A plugin that asks for a code and then gives the administrator's certificate. */
async function asking(mode: 'Always' | 'IfAvailable' = 'Always', before = ''): Promise<Asking> {
  const place = await openPlace(kubernetes());
  await place.create(place.tracked(), place.application());
  const directory = sessionPlace();
  const config = parse(readFileSync(kubernetes().kubeconfig('admin'), 'utf8')) as { users: { user: Readonly<Record<string, string>> }[] };
  const [entry] = config.users;
  if (entry === undefined) throw new Error('the kubeconfig has no user');
  const pem = (name: string) => Buffer.from(entry.user[`${name}-data`] ?? '', 'base64').toString('utf8');
  writeFileSync(join(directory, 'credential.json'), JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { clientCertificateData: pem('client-certificate'), clientKeyData: pem('client-key') } }), { mode: 0o600 });
  const command = join(directory, 'corporate-login');
  writeFileSync(command, `#!/bin/sh\necho call >> '${directory}/calls'\n${before}\nprintf 'Code from your phone: ' >&2\nread code\n[ "$code" = 1234 ] || { echo 'That code is wrong.' >&2; exit 1; }\ncat '${directory}/credential.json'\n`);
  chmodSync(command, 0o755);
  entry.user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: mode } } as never;
  const kubeconfig = join(directory, 'config');
  writeFileSync(kubeconfig, stringify(config), { mode: 0o600 });
  return { place, kubeconfig, calls: () => (existsSync(join(directory, 'calls')) ? readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n').length : 0) };
}

async function terminal(): Promise<Pty> {
  const pty = await openPty(200, 40);
  closing.push(() => pty.close());
  return pty;
}
const freeze = ({ place, kubeconfig }: Asking) => `${TOOL} freeze --from ${place.from} --kubeconfig ${kubeconfig} --session-dir ${place.sessions}`;

it.each(['Always', 'IfAvailable'] as const)('freeze: what a plugin of interactiveMode %s asks is answered, and then the word', async (mode) => {
  const world = await asking(mode);
  const pty = await terminal();
  await pty.command(freeze(world));
  const question = await pty.until('Code from your phone:');
  if (mode === 'Always') expect(question).toMatch(/^Here asks the login plugin "\S+corporate-login" of context admin:\nCode from your phone:/m);
  await pty.type('1234');
  await pty.key('Enter');
  await pty.until('Type keycloak to patch 1 object');
  expect(await world.place.policy()).toEqual(POLICY);
  await pty.type('keycloak');
  await pty.key('Enter');
  expect(await pty.exitCode()).toBe(0);
  expect([await world.place.policy(), world.calls()]).toEqual([off(), 1]);
});

it('a wrong code ends the freeze, with what the plugin said above; nothing is recorded', async () => {
  const world = await asking();
  const pty = await terminal();
  await pty.command(freeze(world));
  await pty.until('Code from your phone:');
  await pty.type('9');
  await pty.key('Enter');
  expect(await pty.exitCode()).toBe(3);
  expect(await pty.screen()).toMatch(/That code is wrong\.\s+realm-rescue: The login plugin "\S+corporate-login" of context admin fails\./);
  expect([await world.place.policy(), world.place.records()]).toEqual([POLICY, []]);
});

it('ctrl-c at the plugin leaves, and the terminal is as before', async () => {
  const world = await asking();
  const pty = await terminal();
  await pty.command(freeze(world));
  await pty.until('Code from your phone:');
  await pty.key('C-c');
  expect(await pty.exitCode()).toBe(130);
  const screen = await pty.screen();
  expect(screen.match(/Here asks/g)).toHaveLength(1);
  // Whichever is heard first, the end of the plugin or our own signal.
  expect(screen).toMatch(/realm-rescue: Left(?:; what may have been sent is on record| at the login plugin)/);
  expect(world.place.records()).toEqual([]);
});

it('one that is slow and says nothing: after two seconds it is named', async () => {
  const world = await asking('IfAvailable', 'sleep 3');
  const pty = await terminal();
  await pty.command(freeze(world));
  expect(await pty.until('Code from your phone:')).toMatch(/Waiting for the login plugin "\S+corporate-login" of context admin \(ctrl-c leaves\)[^]*Code from your phone:/);
});

it('recover: the plugin is answered before the first frame, once, and the screen then has the terminal for itself', async () => {
  const world = await asking();
  const sandbox = await startSandbox();
  closing.push(() => sandbox.close());
  await stageIncident(openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm: 'primary' }), { logins: 1, secrets: 'real' });
  const pty = await openPty(200, 40, { KEYCLOAK_PASSWORD: sandbox.admin.password });
  closing.push(() => pty.close());
  await pty.command(`${TOOL} recover --from ${world.place.from} --kubeconfig ${world.kubeconfig} --session-dir ${world.place.sessions} --url ${sandbox.url} --realm primary --username ${sandbox.admin.username}`);
  const asked = await pty.until('Code from your phone:');
  expect(asked).not.toContain('Connect');
  await pty.type('1234');
  await pty.key('Enter');
  const found = await pty.until((screen) => screen.includes(`Argo CD application ${world.place.namespace}/keycloak`), 60_000);
  expect(found).toMatch(/Freeze/);
  expect([world.calls(), readdirSync(world.place.sessions).filter((name) => name !== 'locks').length]).toEqual([1, 1]);
  expect(await world.place.policy()).toEqual(POLICY);
  await pty.key('C-c');
});
