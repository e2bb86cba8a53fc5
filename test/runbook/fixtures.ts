import type { Difference, Group, Operation, Plan } from '../../src/realm/model.ts';
import type { Captured, Proof, RunEvent, RunInfo, RunSettings } from '../../src/runbook/model.ts';

export const settings: RunSettings = {
  lost: 'ask', changed: 'ask', liveOnly: 'ask', clients: [], answers: {}, confirm: null, probeUser: null, evidence: [], frozen: null, thawed: null, repo: null, out: null, branch: null, acceptUnproven: null,
};

export const run: RunInfo = {
  id: '8f2c', tool: '0.1.0', startedAt: '2026-11-20T23:00:00.000Z', url: 'https://keycloak.example.com', realm: 'primary', envTag: 'PROD', mode: 'interactive', demo: false, readOnly: false, settings,
};

export function captured(label: Captured['label']): Captured {
  return { label, file: `snapshots/${label}.json`, sha256: 'sha256:0', fingerprint: 'sha256:1', capturedAt: run.startedAt, counts: { clients: 12 }, milliseconds: 400, requests: 10, notes: [], sessions: { online: 200, offline: 3 } };
}

export const groups: Difference = {
  id: 'client-mapper:auth-service/groups', kind: 'client-mapper', owner: 'auth-service', name: 'groups', change: 'lost', fields: [], effect: 'claim groups missing from access, id and userinfo of auth-service', suggest: 'restore', because: 'evidence has it', source: 'file:realm.json',
};
export const redirect: Difference = { ...groups, id: 'client-setting:web-app/redirectUris/x', kind: 'client-setting', owner: 'web-app', name: 'redirectUris/x', change: 'live-only', suggest: 'keep', source: null, onlyCompared: 'client settings are compared and kept' };

export function operation(id: string, owner: string): Operation {
  return {
    id, owner, covers: [groups.id], title: 'protocol mapper groups', request: { method: 'POST', path: ['clients', { $id: `client:${owner}` }, 'protocol-mappers', 'models'], body: {} },
    before: [{ id: groups.id, value: null }], after: [{ id: groups.id, value: { protocolMapper: 'oidc-group-membership-mapper' } }], inverse: null, dependsOn: [], needs: ['manage-clients'],
  };
}

export const expectation = { client: 'auth-service', claim: 'groups', tokens: ['access'], needs: 'group', inLightweight: true, because: [groups.id] } as const;
export const group: Group = { owner: 'auth-service', operations: [operation('create a', 'auth-service'), operation('create b', 'auth-service')], expectations: [expectation] };
export const second: Group = { owner: 'web-app', operations: [operation('create c', 'web-app')], expectations: [] };
export const plan: Plan = { groups: [group, second], refused: [], pulledIn: [], newSecrets: [] };

export function proof(outcome: Proof['outcome']): Proof {
  return { expectation, way: 'preview', user: 'alice', outcome, because: 'the payload has it', signature: null, payload: { groups: ['staff'] }, before: null };
}

export const connected: RunEvent = { type: 'connect.succeeded', connection: { user: 'on-call', clientId: 'admin-cli', serverVersion: '26.7.4', realmId: 'r', rights: [] } };
export const triaged: RunEvent = { type: 'triage.found', triage: { class: 'import-all-kept', title: 'a whole-realm import', at: null, because: [], kept: [], gone: [], sessionsAlive: true, promise: 'nobody has to log in again', staleCache: [] } };

/** Everything up to the plan, as a person on call would live it. */
export const untilPlan: readonly RunEvent[] = [
  { type: 'run.started', run }, connected, { type: 'freeze.stated', statement: 'Argo CD paused', by: 'person' },
  { type: 'capture.succeeded', captured: captured('live-before') }, triaged,
  { type: 'evidence.found', candidates: [] }, { type: 'evidence.chosen', specs: ['file:realm.json'], by: 'person' }, { type: 'evidence.read', evidence: [{ spec: 'file:realm.json', source: 'file:realm.json', completeness: 'stated', file: 'snapshots/evidence-1.json', sha256: 'x', capturedAt: run.startedAt, counts: { clients: 11 }, notes: [] }] },
  { type: 'compare.done', differences: [groups, redirect], order: [{ owner: 'auth-service', after: [], reason: '' }, { owner: 'web-app', after: [], reason: '' }] },
  { type: 'choice.made', choices: { [groups.id]: 'restore', [redirect.id]: 'keep' }, by: 'person' }, { type: 'choices.settled', by: 'person' },
  { type: 'plan.made', plan },
];
