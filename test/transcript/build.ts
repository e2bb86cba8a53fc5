import { GENESIS, encodeLine, lineHash } from '../../src/journal/chain.ts';
import type { ClaimExpectation, Difference, Operation } from '../../src/realm/model.ts';
import type { JournalLine, Proof, RunEvent } from '../../src/runbook/model.ts';

/** An event and how many seconds after the one before it happened. */
export type Timed = readonly [seconds: number, event: RunEvent];

/** Events as a journal would hold them, chained. */
export function journalOf(events: readonly Timed[], start = Date.UTC(2026, 10, 20, 22, 58)): JournalLine[] {
  let prev = GENESIS;
  let at = start;
  return events.map(([seconds, event], index) => {
    at += Math.round(seconds * 1000);
    const line: JournalLine = { v: 1, seq: index + 1, at: new Date(at).toISOString(), prev, event };
    prev = lineHash(encodeLine(line));
    return line;
  });
}

type Kind = Difference['kind'];

export function lost(kind: Kind, owner: string, name: string, effect: string, more: Partial<Difference> = {}): Difference {
  return {
    id: `${kind}:${owner}/${name}`, kind, owner, name, change: 'lost', fields: [], effect, suggest: 'restore',
    because: 'git has it and no admin event removed it', source: 'git:charts/keycloak/realm.json@4f1d2c7', ...more,
  };
}

export function operation(difference: Difference, method: Operation['request']['method'], path: string, title: string, note?: string): Operation {
  return {
    id: `create ${difference.id}`, covers: [difference.id], owner: difference.owner, title, ...(note === undefined ? {} : { note }),
    request: { method, path: path.split('/') }, before: [{ id: difference.id, value: null }], after: [{ id: difference.id, value: { name: difference.name } }],
    inverse: { method: 'DELETE', path: path.split('/') }, dependsOn: [], needs: ['manage-clients'],
  };
}

/** The events of one write that went well. */
export function written(op: Operation, status: number): Timed[] {
  const path = `/admin/realms/primary/${op.request.path.join('/')}`;
  return [
    [0.02, { type: 'write.intended', operation: op.id, undo: false, method: op.request.method, path, before: op.before }],
    [0.06, { type: 'write.sent', operation: op.id, undo: false, status, milliseconds: 41 }],
    [0.03, { type: 'write.verified', operation: op.id, undo: false, found: 'read-back', ids: {} }],
  ];
}

export function expecting(client: string, claim: string, member?: string, more: Partial<ClaimExpectation> = {}): ClaimExpectation {
  return { client, claim, ...(member === undefined ? {} : { member }), tokens: ['access'], needs: 'nothing', inLightweight: true, because: [], ...more };
}

export function proof(expectation: ClaimExpectation, more: Partial<Proof> = {}): Proof {
  return {
    expectation, way: 'client-credentials', user: null, outcome: 'proven', because: 'the claim is in a fresh token',
    signature: { alg: 'RS256', kid: 'Qm3xV0c9tP2', valid: true, sameKeyAsBefore: true }, payload: null, before: null, ...more,
  };
}
