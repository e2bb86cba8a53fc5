// The incident of shared/screens.md as a journal: six clients of realm primary, one of them not proven at first.
import type { Group, Operation } from '../../src/realm/model.ts';
import type { RunEvent, RunInfo } from '../../src/runbook/model.ts';
import { expecting, journalOf, lost, operation, proof, written, type Timed } from './build.ts';

export const run: RunInfo = {
  id: '8f2c', tool: '0.1.0', startedAt: '2026-11-20T22:58:00.000Z', url: 'https://keycloak.example.com', realm: 'primary', envTag: 'PROD', mode: 'interactive', demo: false, readOnly: false,
  settings: { lost: 'ask', changed: 'ask', liveOnly: 'ask', clients: [], answers: {}, confirm: null, probeUser: null, evidence: [], frozen: null, thawed: null, repo: '/repo', out: null, branch: null, acceptUnproven: null },
};

const groups = lost('client-mapper', 'auth-service', 'groups', 'claim groups missing from access, id and userinfo of auth-service');
const ordersRead = lost('client-scope', 'api-gateway', 'orders:read', 'scope claim "orders:read" gone from its tokens');
const ordersLink = lost('client-scope-link', 'api-gateway', 'orders:read', 'api-gateway no longer has the scope by default');
const gatewayUri = lost('client-setting', 'api-gateway', 'redirectUris/https://gw2.example.com/*', 'a redirect URI exists only live', { change: 'live-only', suggest: 'keep', because: 'a person added it; it will go into git', source: null });
const audience = lost('client-mapper', 'api-gateway', 'audience', 'tokens are not accepted by gateway', { change: 'changed', suggest: 'ask', because: 'edited Nov 18 by kim (admin event)', fields: [{ path: 'config.included.client.audience', live: 'api', evidence: 'gateway' }] });
const reader = lost('service-account-role', 'profile-service', 'profile-reader', 'service account lost realm role profile-reader');
const feedScope = lost('client-scope', 'feed-service', 'feed:write', 'scope claim "feed:write" gone from its tokens');
const mediaScope = lost('client-scope', 'media-service', 'media:upload', 'scope claim "media:upload" gone from its tokens');
const timeline = lost('client-mapper', 'timeline-service', 'groups', 'claim groups missing from tokens of timeline-service');
const theme = lost('client-setting', 'media-service', 'attributes/login_theme', 'login page looks different', { change: 'changed', suggest: 'ask', because: 'nobody knows', fields: [{ path: 'attributes.login_theme', live: 'dark', evidence: 'light' }] });
export const differences = [groups, ordersRead, ordersLink, gatewayUri, audience, reader, feedScope, mediaScope, theme, timeline];

const id = '7d0e11aa-5b1c-4c7e-9f60-0c4b1f2e9a10';
const operations: readonly Operation[] = [
  operation(groups, 'POST', `clients/${id}/protocol-mappers/models`, 'protocol mapper groups', 'original id kept'),
  operation(ordersRead, 'POST', 'client-scopes', 'client scope orders:read', '2 mappers, original id kept'),
  operation(ordersLink, 'PUT', `clients/${id}/default-client-scopes/3b1f0000-aaaa-4bbb-8ccc-1234567890ab`, 'scope link orders:read (default)'),
  operation(reader, 'POST', `users/${id}/role-mappings/realm`, 'role mapping profile-reader'),
  operation(feedScope, 'POST', 'client-scopes', 'client scope feed:write'),
  operation(mediaScope, 'POST', 'client-scopes', 'client scope media:upload'),
  operation(timeline, 'POST', `clients/${id}/protocol-mappers/models`, 'protocol mapper groups'),
];
const expectations = [
  expecting('auth-service', 'groups', 'platform', { needs: 'group' }), expecting('api-gateway', 'scope', 'orders:read'), expecting('profile-service', 'realm_access.roles', 'profile-reader', { needs: 'service-account' }),
  expecting('feed-service', 'scope', 'feed:write'), expecting('media-service', 'scope', 'media:upload'), expecting('timeline-service', 'groups', undefined, { needs: 'group' }),
];
const owners = ['auth-service', 'api-gateway', 'profile-service', 'feed-service', 'media-service', 'timeline-service'];
const plan: readonly Group[] = owners.map((owner) => ({ owner, operations: operations.filter((op) => op.owner === owner), expectations: expectations.filter((awaited) => awaited.client === owner) }));

/** Confirmed writes of one client, and what its tokens showed. */
function restored(owner: string, proven: RunEvent): Timed[] {
  const status = (op: Operation) => (op.request.method === 'POST' && !op.title.startsWith('role') ? 201 : 204);
  return [[9, { type: 'group.confirmed', owner, all: false, by: 'person' }], ...operations.filter((op) => op.owner === owner).flatMap((op) => written(op, status(op))), [0.4, proven]];
}
const proven = (index: number, after: Record<string, string | string[]>, before: Record<string, string | string[]>): RunEvent => {
  const expectation = expectations[index] ?? expecting('', '');
  const azp = { azp: expectation.client };
  return { type: 'prove.done', owner: expectation.client, proofs: [proof(expectation, { payload: { ...azp, ...after }, before: { ...azp, ...before }, ...(index === 0 ? { way: 'preview', user: 'alice', because: 'the preview for alice carries it; no session was created' } : {}) })] };
};
const unproven: RunEvent = {
  type: 'prove.done', owner: 'timeline-service',
  proofs: [proof(expecting('timeline-service', 'groups', undefined, { needs: 'group' }), {
    outcome: 'not-proven', because: 'The mapper is there, but the service account of timeline-service is in no group, so this grant can never show it.', payload: { azp: 'timeline-service', aud: 'account' },
  })],
};

const before: Timed[] = [
  [0, { type: 'run.started', run }],
  [0.4, { type: 'connect.succeeded', connection: { user: 'on-call', clientId: 'admin-cli', serverVersion: '26.7.4', realmId: 'primary-id', rights: [
    { job: 'restore clients, mappers and scopes', step: 'restore', allowed: true, role: 'manage-clients' },
    { job: 'restore authorization settings', step: 'restore', allowed: false, role: 'manage-authorization' },
  ] } }],
  [21, { type: 'freeze.stated', statement: 'Argo CD application keycloak: automation off; parent "root" paused too', by: 'person' }],
  [1.2, { type: 'capture.succeeded', captured: { label: 'live-before', file: 'snapshots/live-before.json', sha256: 'sha256:aa01', fingerprint: 'sha256:f1', capturedAt: '2026-11-20T22:58:22.000Z',
    counts: { clients: 12, 'client scopes': 14, mappers: 31, groups: 9, flows: 3 }, milliseconds: 412, requests: 61, notes: [], sessions: { online: 8012, offline: 4 } } }],
  [0.1, { type: 'triage.found', triage: { class: 'import-all-kept', title: 'a whole-realm import, about 22:43:07 UTC', at: '2026-11-20T22:43:07.000Z',
    because: ['realm-management got a secret at 22:43:07', 'no admin event between 22:40 and 22:47 although events are on'], kept: ['realm id', 'client ids', 'signing keys', 'users'], gone: [],
    sessionsAlive: true, promise: 'nobody has to log in again: 8,012 sessions are alive', staleCache: [] } }],
  [0.3, { type: 'evidence.found', candidates: [
    { spec: 'git:charts/keycloak/realm.json@4f1d2c7', title: 'git   charts/keycloak/realm.json @ 4f1d2c7', date: '2026-11-12T14:02:00.000Z', detail: 'states 11 clients, 9 scopes', recommended: true },
    { spec: 'git:charts/keycloak/realm.json@9ab03e1', title: 'git   charts/keycloak/realm.json @ 9ab03e1', date: '2026-11-20T22:41:00.000Z', detail: 'the revision that was synced at 22:43', recommended: false },
  ] }],
  [7, { type: 'evidence.chosen', specs: ['git:charts/keycloak/realm.json@4f1d2c7'], by: 'person' }],
  [0.2, { type: 'evidence.read', evidence: [{ spec: 'git:charts/keycloak/realm.json@4f1d2c7', source: 'git:charts/keycloak/realm.json@4f1d2c7', completeness: 'stated', file: 'snapshots/evidence-1.json', sha256: 'sha256:bb02', capturedAt: '2026-11-12T14:02:00.000Z', counts: { clients: 11, 'client scopes': 9 }, notes: [] }] }],
  [0.1, { type: 'compare.done', differences, order: owners.map((owner, index) => ({ owner, after: index === 0 ? [] : [{ owner: 'auth-service', reason: 'takes its tokens' }], reason: index === 0 ? 'every other client takes its tokens' : '' })) }],
  [31, { type: 'choice.made', choices: { [audience.id]: 'keep' }, by: 'person' }],
  [4, { type: 'choice.made', choices: { [theme.id]: 'leave' }, by: 'person' }],
  [2, { type: 'choice.made', choices: Object.fromEntries(differences.filter((one) => one.change === 'lost').map((one) => [one.id, 'restore' as const])), by: 'suggestion' }],
  [0, { type: 'choice.made', choices: { [gatewayUri.id]: 'keep' }, by: 'suggestion' }],
  [3, { type: 'choices.settled', by: 'person' }],
  [0.1, { type: 'plan.made', plan: { groups: plan, refused: [], pulledIn: [{ id: ordersLink.id, by: ordersRead.id }], newSecrets: [] } }],
  [2, { type: 'probe.chosen', user: 'alice', by: 'person' }],
];

const restoring: Timed[] = [
  ...restored('auth-service', proven(0, { groups: ['platform', 'on-call'], aud: 'account' }, { aud: 'account' })),
  ...restored('api-gateway', proven(1, { aud: ['orders', 'account'], scope: 'profile email orders:read' }, { aud: ['account'], scope: 'profile email' })),
  ...restored('profile-service', { type: 'prove.done', owner: 'profile-service', proofs: [proof(expectations[2] ?? expecting('', ''), { payload: { azp: 'profile-service', realm_access: { roles: ['profile-reader'] } }, before: { azp: 'profile-service', realm_access: { roles: [] } } })] }),
  ...restored('feed-service', proven(3, { scope: 'email feed:write' }, { scope: 'email' })),
  ...restored('media-service', proven(4, { scope: 'media:upload' }, { scope: '' })),
  ...restored('timeline-service', unproven),
  [14, { type: 'proof.accepted', owner: 'timeline-service', reason: 'bob of the timeline team sees his groups in the app', by: 'person' }],
];

const after: Timed[] = [
  [0.5, { type: 'capture.succeeded', captured: { label: 'live-after', file: 'snapshots/live-after.json', sha256: 'sha256:cc03', fingerprint: 'sha256:f2', capturedAt: '2026-11-20T23:08:00.000Z', counts: { clients: 12 }, milliseconds: 390, requests: 61, notes: [], sessions: { online: 8019, offline: 4 } } }],
  [0.5, { type: 'account.done', account: { sessionsBefore: 8012, sessionsAfter: 8019, sessionsLost: [], sessionsNew: 7, keysUnchanged: true, clientIdsUnchanged: true, moved: [], notes: [], ok: true } }],
  [0.6, { type: 'export.done', exported: { directory: 'export', patch: 'export/changes.patch', files: [
    { path: 'charts/keycloak/realm.json', artefact: 'realm-json', added: 30, removed: 8, changes: ['client api-gateway'], refusal: null },
    { path: 'charts/keycloak/values.yaml', artefact: 'helm-values', added: 8, removed: 2, changes: ['strategy'], refusal: null },
    { path: 'charts/keycloak/job.yaml', artefact: 'other', added: 3, removed: 2, changes: ['strategy'], refusal: null },
  ], strategy: [
    { file: 'charts/keycloak/job.yaml', line: 14, setting: 'kc.sh import --file /realm.json', class: 'destructive', because: 'it removes the realm and imports it anew, whatever the environment says', done: 'added --override=false' },
    { file: 'charts/keycloak/values.yaml', line: 31, setting: 'KEYCLOAK_IMPORT_STRATEGY=OVERWRITE_EXISTING', class: 'inert', because: 'no Keycloak reads it', done: 'set to IGNORE_EXISTING for people who look for it' },
  ], secretsToCreate: ['client-secret of profile-service'], applyCheck: { ok: true, message: '' }, branch: null, commit: null, notes: [] } }],
  [40, { type: 'thaw.stated', statement: 'Argo CD synced 4f1d2c7 → b77e90a', by: 'person' }],
  [4, { type: 'thaw.checked', fingerprintBefore: 'sha256:f2', fingerprintAfter: 'sha256:f2', equal: true }],
  [0.2, { type: 'run.finished', exit: 0, summary: { restored: 7, proven: 5, failed: 1, left: 1, sessionsBefore: 8012, sessionsAfter: 8019, export: 'export/changes.patch', session: '8f2c' } }],
];

export const fullRun: readonly Timed[] = [...before, ...restoring, ...after];
export const fullJournal = journalOf(fullRun);
/** Stopped by ctrl-c in the middle of the writes. */
export const stoppedJournal = journalOf([...before, ...restoring.slice(0, 9), [0.1, { type: 'run.stopped', reason: 'interrupted', note: 'interrupted while api-gateway was restored' }]]);
/** Killed and resumed: a torn line, a dangling intent, a look. */
export const resumedJournal = journalOf([
  ...before, ...restoring.slice(0, 7),
  [300, { type: 'journal.recovered', droppedBytes: 117 }],
  [0, { type: 'run.resumed', pid: 4711, tool: '0.1.0', mode: 'interactive', settings: run.settings }],
  [0.5, { type: 'write.looked', operation: operations[1]?.id ?? '', undo: false, found: 'done', images: [] }],
]);
