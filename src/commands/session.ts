import { createEvidenceReader, specFiles } from '../evidence/reader.ts';
import { createExporter } from '../gitops/exporter.ts';
import { openKeycloak } from '../keycloak/keycloak.ts';
import type { Target } from '../keycloak/target.ts';
import { acquireLock } from '../journal/lock.ts';
import { defaultSessionDirectory } from '../journal/place.ts';
import { newSessionId, sessionIds } from '../journal/sessions.ts';
import { createSession, openSession } from '../journal/store.ts';
import type { RunEvent, RunInfo, RunSettings } from '../runbook/model.ts';
import type { Keycloak, Ports, SessionStore } from '../runner/ports.ts';
import { startRun } from '../runner/run.ts';
import type { Terminal } from '../ui/terminal.ts';
import { VERSION } from '../version.ts';
import { drive, jsonLine } from './front-end.ts';
import { refreshToken } from './refresh-token.ts';
import type { Invocation } from './table.ts';

export interface SessionRequest {
  readonly invocation: Invocation;
  readonly terminal: Terminal;
  readonly target: Target;
  readonly settings: RunSettings;
  readonly demo: boolean;
  /** Directory that relative evidence paths are meant from. */
  readonly cwd: string;
}

/** Where this invocation keeps its runs. */
export function sessionDirectory({ flags, environment }: Invocation): string {
  return flags['session-dir'] ?? defaultSessionDirectory(environment);
}

/** Makes the directory of a new run. */
export function newSession(invocation: Invocation): SessionStore {
  const directory = sessionDirectory(invocation);
  return createSession({ directory, id: newSessionId(Math.random, sessionIds(directory)), now: Date.now });
}

/** A new recorded run, from the lock to the exit code. */
export async function newRun(request: SessionRequest, made?: SessionStore): Promise<number> {
  // What can be known to be wrong is said before anything is made: an unreadable file leaves no empty session behind.
  await checkEvidence(request);
  const store = made ?? newSession(request.invocation);
  return recorded(request, sessionDirectory(request.invocation), store, { type: 'run.started', run: runInfo(request, store.id) });
}

/** A recorded run goes on. */
export async function oldRun(request: SessionRequest, id: string): Promise<number> {
  const directory = sessionDirectory(request.invocation);
  const lock = acquireLock({ directory, url: request.target.url, realm: request.target.realm, session: id, now: Date.now });
  lock.release();
  const { store } = openSession({ directory, id, now: Date.now });
  const mode = request.terminal.mode === 'ink' || request.terminal.mode === 'plain-prompts' ? 'interactive' : 'headless';
  return recorded(request, directory, store, { type: 'run.resumed', pid: process.pid, tool: VERSION, mode, settings: request.settings });
}

async function recorded(request: SessionRequest, directory: string, store: SessionStore, first: RunEvent): Promise<number> {
  const { target, settings, terminal, cwd } = request;
  const lock = acquireLock({ directory, url: target.url, realm: target.realm, session: store.id, now: Date.now });
  const keycloak = openKeycloak(target);
  try {
    const ports: Ports = { keycloak, evidence: evidenceReader(cwd, target, keycloak), exporter: createExporter({ now: Date.now }), store, now: Date.now, settings, refresh: refreshToken(request.invocation.flags) };
    const handle = startRun({ ports, first, evidenceFiles: specFiles(settings.evidence, cwd), ...(terminal.mode === 'json' ? { onLine: jsonLine } : {}) });
    return await drive(handle, terminal);
  } finally {
    await keycloak.close();
    store.close();
    lock.release();
  }
}

function evidenceReader(cwd: string, target: Target, keycloak: Keycloak): Ports['evidence'] {
  return createEvidenceReader({
    cwd,
    captureRealm: async (realm) => {
      const other = realm === target.realm ? keycloak : openKeycloak({ ...target, realm });
      const { snapshot } = await other.capture({ knownClients: [], onProgress: () => undefined });
      if (other !== keycloak) await other.close();
      return snapshot;
    },
  });
}

/** Reads what lies on this machine; realms of the server have to wait for the login. */
async function checkEvidence({ settings, cwd, target }: SessionRequest): Promise<void> {
  const reader = createEvidenceReader({ cwd });
  for (const spec of settings.evidence) if (!spec.startsWith('realm:')) await reader.read(spec, target.realm);
}

function runInfo({ target, settings, terminal, demo, invocation }: SessionRequest, id: string): RunInfo {
  return {
    id,
    tool: VERSION,
    startedAt: new Date().toISOString(),
    url: target.url,
    realm: target.realm,
    envTag: invocation.flags['env-tag'] ?? (demo ? 'SANDBOX' : null),
    mode: terminal.mode === 'ink' || terminal.mode === 'plain-prompts' ? 'interactive' : 'headless',
    demo,
    readOnly: target.readOnly,
    settings,
  };
}
