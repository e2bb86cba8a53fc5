import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { idIn, must } from '../../src/sandbox/incident/calls.ts';
import { BROWSER, flows } from '../harness/rich/flows.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';

const realm = 'flows-real';
const calls = sharedCalls(realm);
const place = sessionPlace();
const connection = () => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];
const env = () => ({ KEYCLOAK_PASSWORD: sharedKeycloak().password });

let before: Json;
let evidence: string;

beforeAll(async () => {
  await calls.call('DELETE', '');
  await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
  await flows.build(calls);
  before = await flows.read(calls);
  const taken = await runTool(['snapshot', ...connection(), '--out', place], { env: env() });
  expect(taken.exit, taken.stderr).toBe(0);
  evidence = `snapshot:${taken.stdout.trim()}`;
});
afterAll(() => calls.call('DELETE', ''));

const recover = (sessions: string, from = evidence, liveOnly = 'restore'): Promise<ToolRun> => runTool([
  'recover', ...connection(), '--evidence', from, '--lost', 'restore', '--changed', 'restore', '--live-only', liveOnly, '--confirm', realm, '--session-dir', sessions, '--frozen', 'a test', '--thawed', 'a test', '--json',
], { env: env() });

const GROUPS: Readonly<Record<string, (name: string) => boolean>> = {
  'what is gone': (name) => name.endsWith('deleted'),
  'what changed': (name) => name.includes('changed') || name.includes('otherwise'),
  'everything at once': () => true,
};

describe.each(Object.entries(GROUPS))('%s', (_group, belongs) => {
  it('comes back, and undo takes it back again', async () => {
    const damages = flows.damages.filter(({ name }) => belongs(name));
    expect(damages.length).toBeGreaterThan(2);
    for (const damage of damages) await damage.apply(calls);
    const damaged = await flows.read(calls);
    expect(damaged).not.toEqual(before);
    const sessions = sessionPlace();
    const run = await recover(sessions);
    expect(run.exit, `${run.stderr}\n${run.stdout.split('\n').slice(-4).join('\n')}`).toBe(0);
    expect(await flows.read(calls)).toEqual(before);
    const undone = await runTool(['undo', 'last', '--username', sharedKeycloak().username, '--confirm', realm, '--session-dir', sessions], { env: env() });
    expect(undone.exit, undone.stderr + undone.stdout).toBe(0);
    expect(await flows.read(calls)).toEqual(damaged);
    const again = await recover(sessionPlace());
    expect(again.exit, again.stderr).toBe(0);
    expect(await flows.read(calls)).toEqual(before);
  });
});

const compare = async (file: string): Promise<readonly { readonly id: string; readonly change: string }[]> => {
  const run = await runTool(['compare', ...connection(), '--evidence', file, '--json'], { env: env() });
  return (JSON.parse(run.stdout) as { differences: { id: string; change: string }[] }).differences;
};

interface Exported {
  readonly authenticationFlows: readonly JsonObject[];
  readonly authenticatorConfig: readonly JsonObject[];
}

const partialExport = async (): Promise<Exported> => (await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true')) as unknown as Exported;

describe('the shapes of evidence', () => {
  it('say the same of one realm: a capture and a partial export differ in nothing', async () => {
    const file = join(place, 'partial.json');
    writeFileSync(file, JSON.stringify(await partialExport()));
    expect((await compare(file)).filter(({ id }) => id.startsWith('flow'))).toEqual([]);
  });

  it('restore from a file that states one flow, and touch nothing else', async () => {
    const { authenticationFlows, authenticatorConfig } = await partialExport();
    const own = authenticationFlows.filter((flow) => [BROWSER, 'Corp forms', 'Corp second factor'].includes(String(flow['alias']))).map(({ id: _id, ...flow }) => flow);
    const file = join(place, 'stated.json');
    writeFileSync(file, JSON.stringify({ realm, clients: [{ clientId: 'flows-app' }], authenticationFlows: own, authenticatorConfig: authenticatorConfig.map(({ id: _id, ...config }) => config) }));
    const kept = flows.damages.filter(({ name }) => /^flow added|built-in|bindings changed|override|Corp spare deleted/.test(name));
    const mended = flows.damages.filter(({ name }) => name === 'sub-flow Corp second factor deleted' || name === 'order of steps changed');
    for (const damage of [...kept, ...mended]) await damage.apply(calls);
    const damaged = (await flows.read(calls)) as { readonly flows: JsonObject };
    const differences = await compare(file);
    expect(differences.filter(({ id, change }) => id.startsWith('flow') && change !== 'live-only')).toMatchObject([{ id: `flow:${BROWSER}`, change: 'changed' }]);
    expect(differences.filter(({ id }) => ['flow:browser', 'flow:docker auth', 'flow:saml ecp'].includes(id))).toEqual([]);
    const run = await recover(sessionPlace(), file, 'keep');
    expect(run.exit, run.stderr).toBe(0);
    expect(await flows.read(calls)).toEqual({ ...damaged, flows: { ...damaged.flows, [BROWSER]: ((before as unknown) as typeof damaged).flows[BROWSER] } });
  });

  it('bring a client back with its flows, by alias, after the client itself', async () => {
    const mended = await recover(sessionPlace());
    expect(mended.exit, mended.stderr).toBe(0);
    const id = idIn(await must(calls, 'GET', '/clients?clientId=flows-guarded'), 'clientId', 'flows-guarded');
    await must(calls, 'DELETE', `/clients/${id}`);
    const run = await recover(sessionPlace());
    expect(run.exit, run.stderr).toBe(0);
    expect(await flows.read(calls)).toEqual(before);
  });
});
