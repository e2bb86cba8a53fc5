import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { readState } from '../../src/realm/state.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../src/sandbox/incident/read.ts';
import { assertNoSecrets } from '../harness/secrets.ts';
import { providers } from '../harness/rich/providers.ts';
import { sharedCalls, sharedKeycloak } from '../harness/shared.ts';
import { runTool, sessionPlace, summaryOf, type ToolRun } from '../harness/tool.ts';
import { password } from '../recover/staging.ts';

const KINDS = new Set(['identity-provider', 'identity-provider-mapper', 'component', 'required-action']);

async function fresh(realm: string): Promise<AdminCalls> {
  const calls = sharedCalls(realm);
  await calls.call('DELETE', `/admin/realms/${realm}`);
  await must(calls, 'POST', '/admin/realms', { realm, enabled: true });
  return calls;
}

const where = (realm: string): string[] => ['--url', sharedKeycloak().url, '--realm', realm, '--username', sharedKeycloak().username];

async function snapshot(realm: string, directory: string): Promise<{ readonly file: string; readonly representation: RealmRepresentation }> {
  const run = await runTool(['snapshot', ...where(realm), '--out', directory, '--json'], { env: password() });
  expect(run.exit, run.stderr).toBe(0);
  const { file } = JSON.parse(run.stdout) as { file: string };
  return { file, representation: (JSON.parse(await import('node:fs').then((fs) => fs.readFileSync(file, 'utf8'))) as { representation: RealmRepresentation }).representation };
}

function recover(realm: string, evidence: readonly string[], sessions: string, flags: readonly string[] = []): Promise<ToolRun> {
  const answers = ['--lost', 'restore', '--changed', 'restore', '--live-only', 'restore'];
  return runTool(['recover', ...where(realm), ...evidence.flatMap((spec) => ['--evidence', spec]), ...(flags.length > 0 ? flags : answers), '--confirm', realm, '--session-dir', sessions, '--json'], { env: password() });
}

function undo(realm: string, sessions: string): Promise<ToolRun> {
  return runTool(['undo', 'last', '--username', sharedKeycloak().username, '--confirm', realm, '--session-dir', sessions, '--json'], { env: password() });
}

const exported = async (calls: AdminCalls): Promise<RealmRepresentation> => await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true') as unknown as RealmRepresentation;

/** The objects of these kinds in normal form. */
function normal(realm: string, representation: RealmRepresentation, completeness: 'full' | 'partial'): Record<string, Json> {
  const state = readState({ realm, source: 'test', completeness, representation });
  return Object.fromEntries([...state.objects.values()].filter((each) => KINDS.has(each.kind)).map((each) => [each.id, each.value]).sort());
}

describe('providers, on a real Keycloak', () => {
  const realm = 'providers-kinds';
  const directory = sessionPlace();
  const sessions = join(directory, 'sessions');
  let calls: AdminCalls;
  let before: Json;
  let damaged: Json;
  let evidence: { readonly file: string; readonly representation: RealmRepresentation };
  let run: ToolRun;

  beforeAll(async () => {
    calls = await fresh(realm);
    await providers.build(calls);
    before = await providers.read(calls);
    evidence = await snapshot(realm, directory);
  });
  afterAll(() => calls.call('DELETE', `/admin/realms/${realm}`));

  it('has one normal form for the capture and for a partial export', async () => {
    const partial = normal(realm, await exported(calls), 'partial');
    expect(Object.keys(partial).length).toBeGreaterThan(60);
    expect(normal(realm, evidence.representation, 'full')).toEqual(partial);
  });

  it('undoes every damage', async () => {
    for (const damage of providers.damages) await damage.apply(calls);
    damaged = await providers.read(calls);
    expect(damaged).not.toEqual(before);
    run = await recover(realm, [`snapshot:${evidence.file}`], sessions);
    expect(run.stderr).toBe('');
    expect(await providers.read(calls)).toEqual(before);
    expect(summaryOf(run)).toMatchObject({ failed: 0, left: 0, exit: 0 });
  });

  it('takes the whole run back', async () => {
    const taken = await undo(realm, sessions);
    expect(taken.exit, taken.stderr).toBe(0);
    expect(await providers.read(calls)).toEqual(damaged);
  });
});
