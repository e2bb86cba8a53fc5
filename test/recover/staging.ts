import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { addLiveOnly, destroy } from '../../src/sandbox/incident/destroy.ts';
import { logIn, type LoggedIn } from '../../src/sandbox/incident/login.ts';
import { createRealm } from '../../src/sandbox/incident/stage.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { readRealm, type Reading } from '../harness/independent.ts';
import { sharedKeycloak } from '../harness/shared.ts';

export interface StagedForRecovery {
  /** How the realm has to be again: as before the incident plus what a person added and nobody may lose. */
  readonly wanted: Reading;
  readonly destroyed: Reading;
  readonly tokens: readonly LoggedIn[];
  readonly evidence: string;
}

/**
 * Stages the story by REST. What exists only live is added before the loss, so one reading is both "before" and
 * "wanted": a restore that drops a kept edit, or brings back more than was lost, differs from it.
 */
export async function stageForRecovery(calls: AdminCalls, directory: string, logins = 20): Promise<StagedForRecovery> {
  await createRealm(calls);
  await addLiveOnly(calls);
  const tokens = logins > 0 ? await logIn(calls, logins) : [];
  const wanted = await readRealm(calls);
  await destroy(calls);
  const destroyed = await readRealm(calls);
  const evidence = join(directory, `${calls.realm}.json`);
  writeFileSync(evidence, JSON.stringify(goodRealmFile(calls, { secrets: 'real' }), null, 2), { mode: 0o600 });
  return { wanted, destroyed, tokens, evidence };
}

/** Flags of the contract's headless run. */
export function headlessFlags(realm: string, evidence: string, sessions: string, url = sharedKeycloak().url): string[] {
  return ['--url', url, '--realm', realm, '--username', sharedKeycloak().username, '--evidence', evidence, '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep', '--confirm', realm, '--session-dir', sessions, '--json'];
}

export const password = (): Record<string, string> => ({ KEYCLOAK_PASSWORD: sharedKeycloak().password });
