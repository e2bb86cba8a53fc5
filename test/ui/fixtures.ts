/** Believable runs for the front ends, made of events: the states come from the real transition. */
import type { Difference, Group, ObjectId, Operation, OrderedOwner, Plan } from '../../src/realm/model.ts';
import type { Triage } from '../../src/realm/snapshot.ts';
import type { Captured, EvidenceCandidate, Exported, Proof, RunEvent, RunInfo, RunSettings, RunState } from '../../src/runbook/model.ts';
import { replay } from '../../src/runbook/transition.ts';
import type { RunSnapshot } from '../../src/runner/handle.ts';
import { widthClass, type Size, type Terminal } from '../../src/ui/terminal.ts';

export const SETTINGS: RunSettings = {
  lost: 'ask', changed: 'ask', liveOnly: 'ask', clients: [], answers: {}, confirm: null, probeUser: null, evidence: [], frozen: null, thawed: null,
  repo: null, out: null, branch: null, acceptUnproven: null,
};

export const RUN: RunInfo = {
  id: '8f2c', tool: '0.1.0', startedAt: '2025-11-22T23:00:00.000Z', url: 'https://keycloak.example.com', realm: 'primary', envTag: 'PROD',
  mode: 'interactive', demo: false, readOnly: false, settings: SETTINGS,
};

export function captured(label: Captured['label']): Captured {
  return {
    label, file: `snapshots/${label}.json`, sha256: 'sha256:00', fingerprint: 'sha256:11', capturedAt: '2025-11-22T23:01:00.000Z',
    counts: { 'clients': 12, 'client scopes': 14, 'mappers': 31, 'groups': 9, 'flows': 3 }, milliseconds: 400, requests: 40, notes: [], sessions: { online: 8012, offline: 3 },
  };
}

export const TRIAGE: Triage = {
  class: 'import-all-kept', title: 'a whole-realm import, about 22:43:07 UTC', at: '2025-11-22T22:43:07.000Z',
  because: ['realm-management got a secret at 22:43:07', 'no admin event between 22:40 and 22:47 although events are on'],
  kept: ['realm id', 'client ids', 'signing keys', 'users'], gone: [], sessionsAlive: true, promise: 'nobody has to log in again: 8,012 sessions are alive', staleCache: [],
};

export const STALE_TRIAGE: Triage = {
  ...TRIAGE, staleCache: [{ test: 'client-only-by-name', text: 'this node serves the realm from a stale cache: feed-service answers by name but is not in the list' }],
};

export const CANDIDATES: readonly EvidenceCandidate[] = [
  { spec: 'git:charts/keycloak/realm.json@4f1d2c7', title: 'git   charts/keycloak/realm.json @ 4f1d2c7', date: '2025-11-12T14:02:00.000Z', detail: 'states 11 clients, 9 scopes', recommended: true },
  { spec: 'git:charts/keycloak/realm.json@9ab03e1', title: 'git   charts/keycloak/realm.json @ 9ab03e1', date: '2025-11-20T22:41:00.000Z', detail: 'the revision that was synced at 22:43', recommended: false },
];

export function difference(id: ObjectId, rest: Partial<Difference> = {}): Difference {
  const [kind = '', key = ''] = id.split(/:(.*)/s);
  const [owner = '', name = key] = key.split(/\/(.*)/s);
  return {
    id, kind: kind as Difference['kind'], owner, name, change: 'lost', fields: [], effect: `${name} is missing from the tokens of ${owner}`, suggest: 'restore',
    because: 'the evidence has it and live does not', source: 'git:charts/keycloak/realm.json@4f1d2c7', ...rest,
  };
}

export const DIFFERENCES: readonly Difference[] = [
  difference('client-mapper:auth-service/groups', { effect: 'claim groups missing from access, id and userinfo of auth-service' }),
  difference('client-scope-link:api-gateway/orders:read', { effect: 'scope "orders:read" gone from its tokens' }),
  difference('client-setting:api-gateway/redirectUris/https://gw2.example.com/*', { change: 'live-only', suggest: 'keep', source: null, name: 'redirect URI https://gw2.example.com/*', effect: 'nothing is lost', because: 'a person added it; it will go into git', onlyCompared: 'settings are compared only' }),
  difference('client-mapper:api-gateway/audience', {
    change: 'changed', suggest: 'ask', effect: 'claim aud differs', because: 'edited Nov 18 by kim (admin event)',
    fields: [{ path: 'config.included.client.audience', live: 'api', evidence: 'gateway' }],
  }),
  difference('service-account-role:profile-service/realm/profile-reader', { effect: 'service account lost realm role profile-reader' }),
];

const PROFILE_LIVE = { attributes: [{ name: 'username', permissions: { view: ['admin'], edit: ['admin', 'user'] } }, { name: 'birthday', permissions: { edit: ['admin'] } }], unmanagedAttributePolicy: 'ENABLED' };
const PROFILE_EVIDENCE = { attributes: [{ name: 'username', permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] } }], unmanagedAttributePolicy: 'ADMIN_EDIT' };

/** A change with several fields: a flag that one side lacks, a long text that differs at its end, and a document. */
export const BY_FIELD: Difference = difference('client-mapper:api-gateway/aud', {
  change: 'changed', suggest: 'ask', effect: 'audience differs in access of api-gateway', because: 'only git:charts/keycloak/realm.json@4f1d2c7 says so, and it may be older than the live realm',
  fields: [
    { path: 'config.access.token.claim', evidence: 'true' },
    { path: 'config.included.custom.audience', live: 'https://api.example.com/a/rather/long/path/that/goes/on/and/on/v1', evidence: 'https://api.example.com/a/rather/long/path/that/goes/on/and/on/v2' },
    { path: 'config.kc.user.profile.config', live: JSON.stringify(PROFILE_LIVE), evidence: JSON.stringify(PROFILE_EVIDENCE) },
    { path: 'consentRequired', live: true, evidence: false },
  ],
});

/** With as many fields as the settings of a realm. */
export const MANY_FIELDS: Difference = difference('realm-setting:smtpServer', {
  owner: 'realm', name: 'smtpServer', change: 'changed', suggest: 'ask', fields: Array.from({ length: 60 }, (_, index) => ({ path: `smtpServer.setting-${index}`, live: `a${index}`, evidence: `b${index}` })),
});

export const ORDER: readonly OrderedOwner[] = [
  { owner: 'auth-service', after: [], reason: 'every other client takes its tokens' },
  { owner: 'api-gateway', after: [{ owner: 'auth-service', reason: 'takes its tokens' }], reason: 'audience of 4 clients' },
  { owner: 'profile-service', after: [{ owner: 'auth-service', reason: 'takes its tokens' }], reason: '' },
];

export function operation(owner: string, title: string, path: readonly string[], rest: Partial<Operation> = {}): Operation {
  const covers = DIFFERENCES.filter((found) => found.owner === owner && found.suggest === 'restore').map((found) => found.id);
  return {
    id: `create ${owner}/${title}`, covers, owner, title, request: { method: 'POST', path }, before: [], after: [], inverse: { method: 'DELETE', path }, dependsOn: [], needs: ['manage-clients'], ...rest,
  };
}

export const GROUPS: readonly Group[] = [
  {
    owner: 'auth-service', operations: [operation('auth-service', 'protocol mapper groups', ['clients', '7d0e', 'protocol-mappers', 'models'], { note: 'original id kept' })],
    expectations: [{ client: 'auth-service', claim: 'groups', tokens: ['access', 'id', 'userinfo'], needs: 'group', inLightweight: false, because: ['client-mapper:auth-service/groups'] }],
  },
  {
    owner: 'api-gateway',
    operations: [
      operation('api-gateway', 'client scope orders:read', ['client-scopes'], { note: '2 mappers, original id kept' }),
      operation('api-gateway', 'scope link orders:read', ['clients', '9a1b3c5d-0000-4000-8000-00000000beef', 'default-client-scopes', '3b1f2c4d-0000-4000-8000-00000000cafe'], { request: { method: 'PUT', path: ['clients', '9a1b', 'default-client-scopes', '3b1f'] } }),
    ],
    expectations: [{ client: 'api-gateway', claim: 'scope', member: 'orders:read', tokens: ['access'], needs: 'nothing', inLightweight: true, because: ['client-scope-link:api-gateway/orders:read'] }],
  },
];

export const PLAN: Plan = { groups: GROUPS, refused: [], pulledIn: [], newSecrets: [] };

export const PROVEN: Proof = {
  expectation: { client: 'api-gateway', claim: 'scope', member: 'orders:read', tokens: ['access'], needs: 'nothing', inLightweight: true, because: [] },
  way: 'client-credentials', user: null, outcome: 'proven', because: 'was missing 22:43 – 23:31',
  signature: { alg: 'RS256', kid: 'Qm3xYzAbCdEf', valid: true, sameKeyAsBefore: true },
  payload: { aud: ['orders', 'account'], scope: 'profile email orders:read', azp: 'api-gateway' },
  before: { aud: ['orders', 'account'], scope: 'profile email', azp: 'api-gateway' },
};

export const NOT_PROVEN: Proof = {
  expectation: { client: 'auth-service', claim: 'groups', tokens: ['access'], needs: 'group', inLightweight: false, because: [] },
  way: 'client-credentials', user: null, outcome: 'not-proven', because: 'The mapper is there, but the service account of auth-service is in no group, so this grant can never show it.',
  signature: { alg: 'RS256', kid: 'Qm3xYzAbCdEf', valid: true, sameKeyAsBefore: true }, payload: { aud: 'account', azp: 'auth-service' }, before: null,
};

export const EXPORTED: Exported = {
  directory: 'export', patch: 'export/changes.patch', files: [{ path: 'charts/keycloak/realm.json', artefact: 'realm-json', added: 41, removed: 12, changes: [], refusal: null }],
  strategy: [{ file: 'values.yaml', line: 7, setting: 'KEYCLOAK_IMPORT_STRATEGY', class: 'inert', because: 'Keycloak 26.7 does not read it.', done: 'set to IGNORE_EXISTING for people who look for it' }],
  secretsToCreate: ['billing-service'], applyCheck: { ok: true, message: '' }, branch: null, commit: null, notes: [],
};

/** What each step adds to a run that goes well, up to the question or effect after it. */
const CHAPTERS = {
  started: [{ type: 'run.started', run: RUN }],
  connected: [{ type: 'connect.succeeded', connection: { user: 'on-call', clientId: 'admin-cli', serverVersion: '26.7.4', realmId: 'r', rights: [{ job: 'restore authorization settings', step: 'restore', allowed: false, role: 'manage-authorization' }] } }],
  frozen: [{ type: 'freeze.stated', statement: 'Argo CD application keycloak paused', by: 'person' }],
  captured: [{ type: 'capture.succeeded', captured: captured('live-before') }],
  triaged: [{ type: 'triage.found', triage: TRIAGE }],
  found: [{ type: 'evidence.found', candidates: CANDIDATES }],
  read: [
    { type: 'evidence.chosen', specs: [CANDIDATES[0]?.spec ?? ''], by: 'person' },
    { type: 'evidence.read', evidence: [{ spec: CANDIDATES[0]?.spec ?? '', source: CANDIDATES[0]?.spec ?? '', completeness: 'stated', file: 'snapshots/evidence-1.json', sha256: '', capturedAt: '', counts: { clients: 11 }, notes: [] }] },
  ],
  compared: [{ type: 'compare.done', differences: DIFFERENCES, order: ORDER }],
  chosen: [
    { type: 'choice.made', choices: Object.fromEntries(DIFFERENCES.map((each) => [each.id, each.change === 'live-only' ? 'keep' : each.suggest === 'ask' ? 'leave' : 'restore'])), by: 'person' },
    { type: 'choices.settled', by: 'person' },
    { type: 'plan.made', plan: PLAN },
  ],
} as const satisfies Record<string, readonly RunEvent[]>;

export type Chapter = keyof typeof CHAPTERS;

/** The events of a run up to and including a chapter. */
export function eventsUntil(chapter: Chapter): readonly RunEvent[] {
  const names = Object.keys(CHAPTERS) as Chapter[];
  return names.slice(0, names.indexOf(chapter) + 1).flatMap((name): readonly RunEvent[] => CHAPTERS[name]);
}

/** The events of writing and reading back every operation of a group. */
export function written(group: Group): readonly RunEvent[] {
  return group.operations.flatMap((each): readonly RunEvent[] => [
    { type: 'write.intended', operation: each.id, undo: false, method: each.request.method, path: '', before: [] },
    { type: 'write.sent', operation: each.id, undo: false, status: 201, milliseconds: 9 },
    { type: 'write.verified', operation: each.id, undo: false, found: 'read-back', ids: {} },
  ]);
}

export function snapshotOf(events: readonly RunEvent[], rest: Partial<RunSnapshot> = {}): RunSnapshot {
  return snapshotFrom(replay(events), { lastSeq: events.length, ...rest });
}

export function snapshotFrom(state: RunState, rest: Partial<RunSnapshot> = {}): RunSnapshot {
  return { state, busy: null, progress: null, lastSeq: 14, lastLine: null, interrupted: false, ...rest };
}

export function sized(columns: number, rows = 24): Size {
  return { columns, rows, unicode: true, width: widthClass(columns) };
}

export function terminalOf(columns: number, rows: number, rest: Partial<Terminal> = {}): Terminal {
  return { mode: 'ink', color: true, ...sized(columns, rows), ...rest };
}

/** The request line as the runner would describe it. */
export function describeOperation(of: Operation): string {
  return `${of.request.method} /admin/realms/primary/${of.request.path.join('/')}`;
}
