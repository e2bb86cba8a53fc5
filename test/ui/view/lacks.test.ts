import { describe, expect, test } from 'vitest';
import type { Choice, Difference } from '../../../src/realm/model.ts';
import type { RunEvent } from '../../../src/runbook/model.ts';
import { readReply } from '../../../src/plain/ask.ts';
import { chooseListing } from '../../../src/plain/choose.ts';
import { lineText } from '../../../src/ui/view/line.ts';
import { difference, eventsUntil, PLAN, RUN, SETTINGS, sized, snapshotOf } from '../fixtures.ts';
import { live, record } from './scenes.ts';

const ROLE = difference('service-account-role:billing-service/internal-service', { lacks: ['manage-users'] });
const MAPPER = difference('client-mapper:auth-service/groups');
const GRANTED = { user: 'on-call', clientId: 'admin-cli', serverVersion: null, realmId: 'r' } as const;

function choosing(choices: Readonly<Record<string, Choice>>, allowed: boolean, found: readonly Difference[] = [ROLE, MAPPER]): readonly RunEvent[] {
  return [
    ...eventsUntil('read'), { type: 'connect.succeeded', connection: { ...GRANTED, rights: [{ job: 'restore groups', step: 'restore', allowed, role: 'manage-users' }] } },
    { type: 'compare.done', differences: found, order: [] }, { type: 'choice.made', choices, by: 'person' },
  ];
}
const both: Readonly<Record<string, Choice>> = { [ROLE.id]: 'restore', [MAPPER.id]: 'restore' };

describe('a restore that takes a missing role', () => {
  test('is seen in Choose before the word: in its row, in its reason and beside the answers', () => {
    expect(live(choosing(both, false), sized(120))).toMatchInlineSnapshot(`
      "
      ── PROD  keycloak.example.com / primary ── journal #11 ─────────────────────────────────────────────────────────────────
       !✓✓✓✓✓>······  Step 7/13 Choose   next: Restore, Prove, Account, Export, Thaw, Transcript
       2 of 12 clients differ, in dependency order (← restored first)
       >  1 billing-service done    1 role mapping lost
          2 auth-service    done    1 mapper lost

       billing-service ──────────────────────────────────────────────────────────────────────────────────────────────────────
         [restore ] role mapping internal-service              lost      needs manage-users   git 4f1d2c7   internal-service …
         Restoring it takes manage-users, which these credentials lack. internal-service is missing from the tokens of
         billing-service. Suggested: restore; the evidence has it and live does not.
       No answer is missing. 1 restore needs manage-users, which these credentials lack: l leaves it.
       Enter go on  a suggested  Tab pane  r restore  k keep  l leave  ↑↓ move  d detail  Esc back  w why  ? help  q quit
      "
    `);
    for (const columns of [40, 80]) {
      const screen = live(choosing(both, false), sized(columns, 30)).replaceAll(/\s+/g, ' ');
      expect(screen).toContain('Restoring it takes manage-users, which these credentials lack.');
      expect(screen).toContain('1 restore needs manage-users, which these credentials lack: l leaves it.');
    }
    expect(live(choosing(both, false), sized(80), { pane: 'differences', detail: true })).toContain('missing    Restoring it takes manage-users, which these credentials lack.');
  });

  test('says nothing once it is left, once the role is granted, and in a run that only reads', () => {
    expect(live(choosing({ ...both, [ROLE.id]: 'leave' }, false), sized(120))).not.toContain('1 restore needs');
    expect(live(choosing(both, true), sized(120))).not.toContain('manage-users');
    expect(live([{ type: 'run.started', run: { ...RUN, readOnly: true } }, ...choosing(both, false).slice(1)], sized(120))).not.toContain('1 restore needs');
  });

  test('is said in plain prompts, too', () => {
    const { state } = snapshotOf(choosing({}, false));
    expect(chooseListing(state, sized(80)).map(lineText).join('\n')).toContain('Restoring it takes manage-users, which these credentials lack.');
    expect(readReply(snapshotOf(choosing(both, false)), { kind: 'choose' }, '1')).toMatchObject({ say: expect.stringContaining('Restoring it takes manage-users') });
  });

  test('refused in the end, leads back to the choices', () => {
    const failed: RunEvent = { type: 'step.failed', step: 'choose', failure: { code: 'missing-role', title: 'This plan needs manage-users of client realm-management, which these credentials lack; nothing was written.', next: ['Or go on with less: go back to the choices and leave these; 1 other answer to restore stays possible.', 'service-account-role:billing-service/internal-service: leave  # manage-users'] } };
    const refused = [...choosing(both, false), { type: 'choices.settled', by: 'person' } as const, failed];
    expect(live(refused, sized(80))).toContain('r goes back to the choices, q leaves; nothing is lost.');
    const again = snapshotOf([...refused, { type: 'step.retried', step: 'choose', by: 'person' }]).state;
    expect(again.question).toEqual({ kind: 'choose' });
    expect(again.choices).toEqual(both);
  });
});

describe('a run that goes on with a file of answers', () => {
  const settled: readonly RunEvent[] = [...choosing(both, false), { type: 'choices.settled', by: 'person' }];
  const resumed = (answers: Readonly<Record<string, Choice>>): RunEvent => ({ type: 'run.resumed', pid: 1, tool: '0', mode: 'headless', settings: { ...RUN.settings, answers } });

  test('takes what is new in it, until the plan is made', () => {
    expect(snapshotOf([...settled, resumed({ [ROLE.id]: 'leave' })]).state.choices).toEqual({ ...both, [ROLE.id]: 'leave' });
    const planned: RunEvent = { type: 'plan.made', plan: { groups: [], refused: [], pulledIn: [], newSecrets: [] } };
    expect(snapshotOf([...settled, planned, resumed({ [ROLE.id]: 'leave' })]).state.choices).toEqual(both);
  });

  test('does not take back by old answers what a person chose since', () => {
    const before: RunEvent = { type: 'run.started', run: { ...RUN, settings: { ...RUN.settings, answers: { [ROLE.id]: 'leave' } } } };
    expect(snapshotOf([before, ...settled.slice(1), resumed({ [ROLE.id]: 'leave' })]).state.choices).toEqual(both);
  });
});

test('a restore that a flag asked for and nothing can do is told with its reason after Choose and at the end, and is no answer of a person', () => {
  const only = difference('client-mapper:app/tenant', { change: 'live-only', source: null, onlyCompared: 'no source lists it' });
  const ended = (settings: typeof SETTINGS, by: 'flag' | 'person'): string => record([
    { type: 'run.started', run: { ...RUN, settings } }, ...eventsUntil('read').slice(1), { type: 'compare.done', differences: [only], order: [] }, { type: 'choice.made', choices: { [only.id]: 'leave' }, by },
    { type: 'choices.settled', by }, { type: 'plan.made', plan: { ...PLAN, groups: [] } }, { type: 'run.finished', exit: 0, summary: { restored: 0, proven: 0, failed: 0, left: 1, sessionsBefore: 1, sessionsAfter: 1, export: null, session: '8f2c' } },
  ], sized(120)).replaceAll(/\s+/g, ' ');
  const told = '1 difference is left although restore was asked for (client-mapper:app/tenant): no source lists it';
  expect(ended({ ...SETTINGS, liveOnly: 'restore' }, 'flag').split(told)).toHaveLength(3);
  expect(ended(SETTINGS, 'person')).not.toContain('although restore');
});
