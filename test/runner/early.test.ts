import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEvidenceReader } from '../../src/evidence/reader.ts';
import { createExporter } from '../../src/gitops/exporter.ts';
import { createSession } from '../../src/journal/store.ts';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { startRun } from '../../src/runner/run.ts';
import { openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { stageIncident } from '../../src/sandbox/incident/stage.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server/sandbox.ts';
import { sessionPlace } from '../harness/tool.ts';
import { run, settings } from '../runbook/fixtures.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

/** A run against a staged incident, with the evidence named. */
async function startStaged() {
  const place = sessionPlace();
  const staged = await stageIncident(openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm: 'primary' }), { logins: 2, secrets: 'real' });
  const evidence = join(place, 'realm.json');
  writeFileSync(evidence, JSON.stringify(staged.evidence));
  const chosen = { ...settings, evidence: [`file:${evidence}`] };
  const store = createSession({ directory: place, id: 'ab12', now: Date.now });
  const keycloak = openKeycloak({ url: sandbox.url, realm: 'primary', authRealm: 'master', clientId: 'admin-cli', ...sandbox.admin, userAgent: 'test', readOnly: false });
  const ports = { keycloak, evidence: createEvidenceReader({ cwd: place }), exporter: createExporter({ now: Date.now }), store, now: Date.now, settings: chosen, refresh: undefined };
  const handle = startRun({ ports, evidenceFiles: () => Promise.resolve([]), first: { type: 'run.started', run: { ...run, url: sandbox.url, settings: chosen } } });
  const close = async (): Promise<void> => {
    await keycloak.close();
    store.close();
  };
  return { handle, close };
}

it('is not interrupted any more once it has stopped: the exit is that of the stop', async () => {
  const { handle, close } = await startStaged();
  const off = handle.subscribe(() => {
    const { state, busy } = handle.snapshot();
    if (state.question?.kind === 'freeze' && !busy) queueMicrotask(() => handle.answer({ type: 'run.stopped', reason: 'undecided', note: 'an answer is missing' }));
    if (!state.stopped) return;
    off();
    handle.interrupt();
    handle.interrupt();
  });
  expect(await handle.done).toBe(5);
  await close();
});

it('shows what differs while the calls for single objects still run', async () => {
  const { handle, close } = await startStaged();
  const seen: { part: string; found: string | undefined; captured: boolean }[] = [];
  handle.subscribe(() => {
    const { state, progress, busy } = handle.snapshot();
    if (progress) seen.push({ part: progress.part, found: progress.found, captured: state.snapshots['live-before'] !== undefined });
    if (state.question?.kind === 'freeze' && !busy) queueMicrotask(() => handle.answer({ type: 'freeze.stated', statement: null, by: 'flag' }));
    if (state.question?.kind === 'choose' && !busy) queueMicrotask(() => handle.answer({ type: 'run.stopped', reason: 'quit', note: 'seen enough' }));
  });
  await handle.done;
  await close();

  const early = seen.filter((moment) => moment.found !== undefined);
  // The mappers and client scopes show before roles and role mappings have been read; the two lost role mappings cannot yet.
  expect(early[0]?.found).toBe('so far 12 lost, 0 changed, 2 only live: api-gateway, auth-service, media-service, profile-service, …');
  const whileReading = early.filter((moment) => !moment.captured).map((moment) => moment.part);
  expect(whileReading.some((part) => part.includes('role'))).toBe(true);
  expect(whileReading).toContain('sessions');
  expect(handle.snapshot().state.differences).toHaveLength(16);
});
