import { describe, expect, it } from 'vitest';
import { commitMessage } from '../../src/gitops/message.ts';
import { fieldKey } from '../../src/realm/choice.ts';
import type { Choice } from '../../src/realm/model.ts';
import { transcriptCast } from '../../src/transcript/cast.ts';
import { transcriptJson } from '../../src/transcript/json.ts';
import { transcriptMarkdown } from '../../src/transcript/markdown.ts';
import { BY_FIELD, eventsUntil, MANY_FIELDS } from '../ui/fixtures.ts';
import { journalOf } from './build.ts';

const [access, audience, profile, consent] = BY_FIELD.fields.map(({ path }) => path);
const choices: Readonly<Record<string, Choice>> = {
  [BY_FIELD.id]: 'keep', [fieldKey(BY_FIELD.id, access ?? '')]: 'restore', [fieldKey(BY_FIELD.id, consent ?? '')]: 'leave', [MANY_FIELDS.id]: 'keep', [fieldKey(MANY_FIELDS.id, 'smtpServer.setting-7')]: 'restore',
};
/** A run in which one change was answered field by field, and another left open when it stopped. */
const journal = journalOf([
  ...eventsUntil('read').map((event) => [1, event] as const), [1, { type: 'compare.done', differences: [BY_FIELD, MANY_FIELDS], order: [] }], [1, { type: 'choice.made', choices, by: 'person' }],
  [1, { type: 'choices.settled', by: 'person' }],
]);

describe('a change that was answered field by field', () => {
  it('stands in the Markdown with the answer of each field, and what was left is said again', () => {
    const text = transcriptMarkdown(journal);
    expect(text).toContain(`| restore \`${access}\`; keep \`${audience}\`, \`${profile}\`; leave \`${consent}\` |`);
    expect(text).toContain(`- left: 1 field of client-mapper \`aud\` of \`api-gateway\`: \`${consent}\``);
    expect(text).toMatch(/changed; `smtpServer\.setting-0`.*; and 57 more fields \|/);
  });

  it('that is only answered in part says what was, beside that it is not answered', () => {
    const open = journalOf([...eventsUntil('read').map((event) => [1, event] as const), [1, { type: 'compare.done', differences: [BY_FIELD], order: [] }], [1, { type: 'choice.made', choices: { [fieldKey(BY_FIELD.id, access ?? '')]: 'restore' }, by: 'person' }]]);
    expect(transcriptMarkdown(open)).toContain(`| **not answered**; restore \`${access}\` |`);
  });

  it('has a choice for each field in the JSON', () => {
    const { differences } = JSON.parse(transcriptJson(journal)) as { differences: { choice: string; fields: { path: string; choice: string }[] }[] };
    expect(differences[0]?.choice).toBe('mixed');
    expect(differences[0]?.fields.map((field) => [field.path, field.choice])).toEqual([[access, 'restore'], [audience, 'keep'], [profile, 'keep'], [consent, 'leave']]);
  });

  it('is told in the recording', () => {
    expect(transcriptCast(journal).replace(/\\u001b\[[0-9;]*m/g, '').replace(/"\]\n\[[\d.]+,"o"," +|\\r\\n/g, ' ')).toMatch(/\[mixed {2}\] client-mapper aud[\s\S]*restore config\.access\.token\.claim; keep/);
  });

  it('goes into the commit message', () => {
    const text = commitMessage({ realm: 'primary', serverVersion: '26.7.4', session: '8f2c', headHash: 'ab', differences: [BY_FIELD], choices, files: [], notes: [] });
    expect(text).toContain(`| changed | field by field: ${access} restored in the realm; ${audience}, ${profile} kept as live; ${consent} left as git and realm have it |`);
  });
});
