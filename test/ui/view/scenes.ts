/** One moment of a run for every screen. */
import type { RunEvent } from '../../../src/runbook/model.ts';
import type { RunSnapshot } from '../../../src/runner/handle.ts';
import { initialLocal, type LocalState } from '../../../src/ui/local.ts';
import { lineText } from '../../../src/ui/view/line.ts';
import { toView } from '../../../src/ui/view/frame.ts';
import type { Size } from '../../../src/ui/terminal.ts';
import { captured, describeOperation, DIFFERENCES, eventsUntil, EXPORTED, GROUPS, NOT_PROVEN, PROVEN, snapshotOf, STALE_TRIAGE, written, BY_FIELD, MANY_FIELDS } from '../fixtures.ts';

const written0: readonly RunEvent[] = GROUPS.slice(0, 1).flatMap(written);
const notProven: readonly RunEvent[] = [...eventsUntil('chosen'), { type: 'group.confirmed', owner: 'auth-service', all: false, by: 'person' }, ...written0, { type: 'prove.done', owner: 'auth-service', proofs: [NOT_PROVEN] }];
const accepted: readonly RunEvent[] = [...notProven, { type: 'proof.accepted', owner: 'auth-service', reason: 'seen by hand', by: 'person' }];
const restored: readonly RunEvent[] = [
  ...accepted, { type: 'group.confirmed', owner: 'api-gateway', all: false, by: 'person' }, ...GROUPS.slice(1).flatMap(written), { type: 'prove.done', owner: 'api-gateway', proofs: [PROVEN] },
  { type: 'account.done', account: { sessionsBefore: 8012, sessionsAfter: 8019, sessionsLost: [{ id: 's', username: 'kim', explained: null }], sessionsNew: 7, keysUnchanged: true, clientIdsUnchanged: true, moved: DIFFERENCES.slice(0, 1), notes: ['one note'], ok: false } },
  { type: 'export.done', exported: EXPORTED },
];

export const EVENTS = {
  starting: eventsUntil('started'),
  freeze: eventsUntil('connected'),
  caches: [...eventsUntil('frozen'), { type: 'capture.succeeded', captured: captured('live-stale') }, { type: 'triage.found', triage: STALE_TRIAGE }],
  evidence: eventsUntil('found'),
  choose: eventsUntil('compared'),
  byField: [...eventsUntil('read'), { type: 'compare.done', differences: [BY_FIELD, MANY_FIELDS], order: [] }],
  confirm: accepted,
  notProven,
  failure: [...eventsUntil('frozen'), { type: 'step.failed', step: 'capture', failure: { code: 'unreachable', title: 'The server at keycloak.example.com does not answer.', next: ['Check the network, then try again.'] } }],
  trouble: [
    ...eventsUntil('chosen'), { type: 'group.confirmed', owner: 'auth-service', all: false, by: 'person' },
    { type: 'write.intended', operation: GROUPS[0]?.operations[0]?.id ?? '', undo: false, method: 'POST', path: '', before: [] },
    { type: 'write.failed', operation: GROUPS[0]?.operations[0]?.id ?? '', undo: false, failure: { code: 'write-failed', title: 'The server answered 409: it exists already.', next: ['Look at it in the admin console.'] } },
  ],
  thaw: restored,
  stopped: [...eventsUntil('compared'), { type: 'run.stopped', reason: 'quit', note: 'left at choose' }],
  finished: [...restored, { type: 'thaw.stated', statement: null, by: 'person' }, { type: 'run.finished', exit: 4, summary: { restored: 3, proven: 1, failed: 1, left: 1, sessionsBefore: 8012, sessionsAfter: 8019, export: null, session: '8f2c' } }],
} as const satisfies Record<string, readonly RunEvent[]>;

export function view(events: readonly RunEvent[], size: Size, local: Partial<LocalState> = {}, rest: Partial<RunSnapshot> = {}) {
  const snapshot = snapshotOf(events, rest);
  return toView(snapshot, { ...initialLocal(snapshot.state.question), ...local }, size, describeOperation);
}

/** The live part as text. */
export function live(events: readonly RunEvent[], size: Size, local: Partial<LocalState> = {}, rest: Partial<RunSnapshot> = {}): string {
  return `\n${view(events, size, local, rest).live.map((of) => lineText(of).trimEnd()).join('\n')}\n`;
}

/** What has scrolled up, as text. */
export function record(events: readonly RunEvent[], size: Size): string {
  return `\n${view(events, size).finished.flatMap((block) => block.lines).map((of) => lineText(of).trimEnd()).join('\n')}\n`;
}
