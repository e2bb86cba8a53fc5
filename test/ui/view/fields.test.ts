import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldKey } from '../../../src/realm/choice.ts';
import type { Choice, Difference } from '../../../src/realm/model.ts';
import type { RunEvent } from '../../../src/runbook/model.ts';
import type { LocalState } from '../../../src/ui/local.ts';
import { displayWidth } from '../../../src/ui/text.ts';
import { contrasts, sideBySide } from '../../../src/ui/view/contrast.ts';
import { lineText } from '../../../src/ui/view/line.ts';
import { valueLines } from '../../../src/ui/view/values.ts';
import { BY_FIELD, MANY_FIELDS, eventsUntil, GROUPS, sized } from '../fixtures.ts';
import { live, view } from './scenes.ts';

const keyOf = (index: number) => fieldKey(BY_FIELD.id, BY_FIELD.fields[index]?.path ?? '');
/** A run at Choose with one difference, and some of its fields answered. */
const choosing = (difference: Difference, choices: Readonly<Record<string, Choice>> = {}): readonly RunEvent[] => [
  ...eventsUntil('read'), { type: 'compare.done', differences: [difference], order: [] }, { type: 'choice.made', choices, by: 'person' },
];
const detail = (fieldItem: number, rest: Partial<LocalState> = {}): Partial<LocalState> => ({ pane: 'differences', detail: true, fieldItem, ...rest });
const half: Readonly<Record<string, Choice>> = { [keyOf(0)]: 'restore', [keyOf(1)]: 'keep' };

describe('a change with several fields, in detail', () => {
  test('120 columns', () => expect(live(choosing(BY_FIELD, half), sized(120), detail(2))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #10 ─────────────────────────────────────────────────────────────────
     !✓✓✓✓✓>······  Step 7/13 Choose   next: Restore, Prove, Account, Export, Thaw, Transcript
     1 of 12 clients differ, in dependency order (← restored first)
     > api-gateway ────────────────────────────────────────────────────────────────────────────────────────────────────────
       what       mapper aud, 4 fields changed, git 4f1d2c7
       effect     audience differs in access of api-gateway.
       suggested  No suggestion; only git 4f1d2c7 says so, and it may be older than the live realm.
       [restore ] config.access.token.claim        - (not there)                        + true
       [keep    ] config.included.custom.audience  - …and/on/v1                         + …and/on/v2
     > [ask     ] config.kc.user.profile.config    - …["admin"],"edit":["admin","user…  + …["admin","user"],"edit":["admin…
       [ask     ] consentRequired                  - true                               + false
     config.kc.user.profile.config  field 3 of 4
       at attributes[username].permissions.view
       + evidence user
       at attributes[birthday]
       - live     {"name":"birthday","permissions":{"edit":["admin"]}}
       at unmanagedAttributePolicy
       - live     ENABLED
       + evidence ADMIN_EDIT
       as client-mapper:api-gateway/aud#config.kc.user.profile.config in an answers file
     2 answers missing: a takes every suggestion
     Enter go on  r restore  k keep  l leave  ↑↓ move  Esc back  w why  ? help  q quit
    "
  `));
  test('80 columns', () => expect(live(choosing(BY_FIELD, half), sized(80), detail(1))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #10 ─────────────────────────
     Step 7/13 Choose   next: Restore, Prove, Account, Export, Thaw, Transcript
     1 of 12 clients differ, in dependency order (← restored first)
     > api-gateway ────────────────────────────────────────────────────────────────
       what       mapper aud, 4 fields changed, git 4f1d2c7
       effect     audience differs in access of api-gateway.
       suggested  No suggestion; only git 4f1d2c7 says so, and it may be older than
                  the live realm.
       [restore ] config.access.token.claim        - (not there)    + true
     > [keep    ] config.included.custom.audience  - …n/v1          + …n/v2
       [ask     ] config.kc.user.profile.config    - …in"],"edit"…  + …in","user"]…
       [ask     ] consentRequired                  - true           + false
     config.included.custom.audience  field 2 of 4
       - live     https://api.example.com/a/rather/long/path/that/goes/on/and/on/v1
       + evidence https://api.example.com/a/rather/long/path/that/goes/on/and/on/v2
       as client-mapper:api-gateway/aud#config.included.custom.audience in an
          answers file
     2 answers missing: a takes every suggestion
     Enter go on  r restore  k keep  l leave  ↑↓ move  Esc back  ? help  q quit
    "
  `));
  test('40 columns', () => expect(live(choosing(BY_FIELD, half), sized(40), detail(1))).toMatchInlineSnapshot(`
    "
    PROD  keycloak.ex… / primary journal #10
    step: 7/13 Choose
     1 of 12 clients differ, in dependency …
     > api-gateway (fields 1–3 of 4)
    what: mapper aud, 4 fields changed, git
      4f1d2c7
    effect: audience differs in access of
       [restore ] config.access.token.claim
     > [keep    ] config.includ…tom.audience
       [ask     ] config.kc.use…ofile.config
     config.included.custom.audience  field
     2 of 4
       - live
         https://api.example.com/a/rather/lo
         ng/path/that/goes/on/and/on/v1
       + evidence
         https://api.example.com/a/rather/lo
         ng/path/that/goes/on/and/on/v2
       lines 1–8 of 11, PgUp PgDn scroll
     2 answers missing: a takes every
     suggestion
     Enter go on  r restore  k keep  l leave
     ↑↓ move  Esc back  ? help  q quit
    "
  `));
  test('80x16, the end of a long value', () => expect(live(choosing(BY_FIELD), sized(80, 16), detail(2, { scroll: 99 }))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #10 ─────────────────────────
     Step 7/13 Choose   next: Restore, Prove, Account, Export, Thaw, Transcript
     1 of 12 clients differ, in dependency order (← restored first)
     > api-gateway (fields 2–4 of 4) ──────────────────────────────────────────────
       what       mapper aud, 4 fields changed, git 4f1d2c7
       [ask     ] config.included.custom.audience  - …n/v1          + …n/v2
     > [ask     ] config.kc.user.profile.config    - …in"],"edit"…  + …in","user"]…
       [ask     ] consentRequired                  - true           + false
       - live     ENABLED
       + evidence ADMIN_EDIT
       as client-mapper:api-gateway/aud#config.kc.user.profile.config in an answers
          file
       lines 7–10 of 10, PgUp PgDn scroll
     1 answer missing: a takes every suggestion
     Enter go on  r restore  k keep  l leave  ↑↓ move  Esc back  ? help  q quit
    "
  `));
  test('80x12', () => expect(live(choosing(BY_FIELD), sized(80, 12), detail(1))).toMatchInlineSnapshot(`
    "
    ── PROD  keycloak.example.com / primary ── journal #10 ─────────────────────────
     Step 7/13 Choose   next: Restore, Prove, Account, Export, Thaw, Transcript
     1 of 12 clients differ, in dependency order (← restored first)
     > api-gateway (fields 2–2 of 4) ──────────────────────────────────────────────
     > [ask     ] config.included.custom.audience  - …n/v1  + …n/v2
     config.included.custom.audience  field 2 of 4
       - live     https://api.example.com/a/rather/long/path/that/goes/on/and/on/v1
       + evidence https://api.example.com/a/rather/long/path/that/goes/on/and/on/v2
       lines 1–3 of 5, PgUp PgDn scroll
     1 answer missing: a takes every suggestion
     Enter go on  r restore  k keep  l leave  ↑↓ move  Esc back  ? help  q quit
    "
  `));
  test('without Unicode only ASCII is drawn, and without colour each side still has its sign', () => {
    const drawn = view(choosing(BY_FIELD, half), { ...sized(80), unicode: false }, detail(2)).live.map(lineText);
    expect(drawn.join('')).toMatch(/^[ -~]*$/);
    expect(drawn.find((text) => text.includes('consentRequired'))).toMatch(/\[ask {5}\] consentRequired +- true +\+ false/);
  });

  test('60 fields scroll with the cursor', () => {
    for (const fieldItem of [0, 29, 59]) {
      const text = live(choosing(MANY_FIELDS), sized(80), detail(fieldItem));
      expect(text).toContain(`> [ask     ] smtpServer.setting-${fieldItem} `);
      expect(text).toContain(`smtpServer.setting-${fieldItem}  field ${fieldItem + 1} of 60`);
      expect(text).toMatch(/\(fields \d+–\d+ of 60\)/);
    }
  });

  test('the row in the list says mixed, and which way each field went', () => {
    const answered: Readonly<Record<string, Choice>> = { ...half, [keyOf(2)]: 'keep', [keyOf(3)]: 'keep' };
    const text = live(choosing(BY_FIELD, answered), sized(80), { pane: 'differences' });
    expect(text).toContain('> [mixed   ] mapper aud');
    expect(text.replace(/\s+/g, ' ')).toContain('restore config.access.token.claim; keep config.included.custom.audience, config.kc.user.profile.config, consentRequired.');
  });

  test('the row of one that is not answered says that it has fields, and how many are open', () => {
    expect(live(choosing(BY_FIELD), sized(80), { pane: 'differences' })).toContain('4 fields, d answers them one by one.');
    expect(live(choosing(BY_FIELD, half), sized(80), { pane: 'differences' })).toContain('2 fields of 4 open.');
  });

  test('the whole of a long value can be reached, and no more', () => {
    const drawn = view(choosing(BY_FIELD), sized(80, 16), detail(2));
    expect(drawn.scrollMax).toBeGreaterThan(0);
    const last = live(choosing(BY_FIELD), sized(80, 16), detail(2, { scroll: drawn.scrollMax }));
    expect(last).toContain('in an answers');
    expect(live(choosing(BY_FIELD), sized(80, 16), detail(2, { scroll: drawn.scrollMax - 1 }))).not.toBe(last);
    expect(live(choosing(BY_FIELD), sized(80, 16), detail(2, { scroll: drawn.scrollMax + 1 }))).toBe(last);
  });
});

test('Restore says which fields go out and which stay', () => {
  const [group] = GROUPS;
  const [operation] = group?.operations ?? [];
  if (group === undefined || operation === undefined) throw new Error('fixture');
  const plan = { groups: [{ ...group, operations: [{ ...operation, covers: [BY_FIELD.id] }] }], refused: [], pulledIn: [], newSecrets: [] };
  const at = (choices: Readonly<Record<string, Choice>>) => live([...choosing(BY_FIELD, choices), { type: 'choices.settled', by: 'person' }, { type: 'plan.made', plan }], sized(120));
  expect(at({ [BY_FIELD.id]: 'keep', [keyOf(0)]: 'restore' })).toContain('Of mapper aud: restore config.access.token.claim; keep config.included.custom.audience, config.kc.user.profile.config,');
  expect(at({ [BY_FIELD.id]: 'restore' })).not.toContain('Of mapper aud');
});

describe('two values beside one another', () => {
  test('of documents only the places that differ are shown, each by its path', () => {
    expect(valueLines(BY_FIELD.fields[2] ?? { path: '' }, sized(80)).map(lineText)).toEqual([
      '   at attributes[username].permissions.view', '   + evidence user', '   at attributes[birthday]', '   - live     {"name":"birthday","permissions":{"edit":["admin"]}}',
      '   at unmanagedAttributePolicy', '   - live     ENABLED', '   + evidence ADMIN_EDIT',
    ]);
  });

  test.each([
    ['a boolean and the text that looks like it', true, 'true', [{ at: '', live: 'true', evidence: '"true"' }]],
    ['nothing and an empty text', undefined, '', [{ at: '', live: '(not there)', evidence: '(empty)' }]],
    ['lists with another order only', ['a', 'b'], ['b', 'a'], [{ at: '', live: '["a","b"]', evidence: '["b","a"]' }]],
    ['steps of a flow, by name', [{ alias: 'x', requirement: 'REQUIRED' }, { alias: 'y' }], [{ alias: 'x', requirement: 'ALTERNATIVE' }, { alias: 'y' }], [{ at: '[x].requirement', live: 'REQUIRED', evidence: 'ALTERNATIVE' }]],
    ['text that only looks like a document', '[x', '[y', [{ at: '', live: '[x', evidence: '[y' }]],
    ['a text that is a document here and not there', '{"a":1}', 'plain', [{ at: '', live: '{"a":1}', evidence: 'plain' }]],
    ['names that are not unique', [{ name: 'a', v: 1 }, { name: 'a', v: 2 }], [{ name: 'a', v: 1 }], [{ at: '', live: '{"name":"a","v":2}', evidence: '(not there)' }]],
    ['a document that says the same otherwise', '{"a": 1}', '{"a":1}', [{ at: '', live: '{"a": 1}', evidence: '{"a":1}' }]],
    ['control characters', 'a\u001B[31m', 'b', [{ at: '', live: 'a\uFFFD', evidence: 'b' }]],
  ])('%s', (_name, here, there, expected) => expect(contrasts(here, there)).toEqual(expected));

  test('where two values differ, something is shown', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      if (JSON.stringify(a) === JSON.stringify(b)) return;
      const shown = contrasts(a as never, b as never);
      expect(shown.length).toBeGreaterThan(0);
    }));
  });

  test('cut texts stay within their width and show where they begin to differ', () => {
    const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 80 }));
    fc.assert(fc.property(text, fc.string({ minLength: 1, maxLength: 3 }), fc.string({ minLength: 1, maxLength: 3 }), text, fc.integer({ min: 8, max: 80 }), (start, a, b, end, width) => {
      fc.pre(a[0] !== b[0]);
      const [left, right] = sideBySide(`${start}${a}${end}`, `${start}${b}${end}`, width);
      expect(displayWidth(left)).toBeLessThanOrEqual(width);
      expect(displayWidth(right)).toBeLessThanOrEqual(width);
      expect(left).not.toBe(right);
    }));
  });
});
