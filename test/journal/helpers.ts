import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent, RunInfo } from '../../src/runbook/model.ts';
import type { Snapshot } from '../../src/realm/snapshot.ts';

/** Runs a test in a directory of its own that is gone afterwards. */
export async function inTemporary<T>(work: (directory: string) => T | Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'realm-rescue-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export const runInfo: RunInfo = {
  id: '8f2c', tool: '0.1.0', startedAt: '2026-11-20T22:58:00.000Z', url: 'https://keycloak.example.com', realm: 'primary', envTag: 'PROD', mode: 'interactive', demo: false, readOnly: false,
  settings: { lost: 'ask', changed: 'ask', liveOnly: 'ask', clients: [], answers: {}, confirm: null, probeUser: null, evidence: [], frozen: null, thawed: null, repo: null, out: null, branch: null, acceptUnproven: null },
};

export const started: RunEvent = { type: 'run.started', run: runInfo };

/** Events of some variety, as many as wanted; text that a journal must carry unharmed. */
export function someEvents(n: number): RunEvent[] {
  return Array.from({ length: n }, (_, index): RunEvent =>
    index === 0 ? started : index % 2 === 0
      ? { type: 'write.sent', operation: `create client-mapper:auth-service/groups ${index}`, undo: false, status: 201, milliseconds: index }
      : { type: 'freeze.stated', statement: `paused "root" \n é 𝄞 \u009b31m \u202e \ufffd ${index}`, by: 'person' });
}

/** A clock that moves on by a second whenever it is read. */
export function clock(from = Date.UTC(2026, 10, 20, 22, 58)): () => number {
  let at = from;
  return () => (at += 1000);
}

export function snapshotOf(realm: string): Snapshot {
  return { schema: 'realm-rescue/snapshot/v1', source: 'live', capturedAt: '2026-11-20T22:58:10.000Z', completeness: 'full', realm, serverVersion: '26.7.4', fingerprint: 'sha256:0', representation: { realm, clients: [] }, notes: [] };
}
