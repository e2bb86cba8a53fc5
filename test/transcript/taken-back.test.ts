import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/runbook/model.ts';
import { transcriptJson } from '../../src/transcript/json.ts';
import { transcriptMarkdown } from '../../src/transcript/markdown.ts';
import { settings, untilPlan, proof } from '../runbook/fixtures.ts';
import { journalOf } from './build.ts';

const written = (id: string, undo = false): readonly RunEvent[] => [
  { type: 'write.intended', operation: id, undo, method: undo ? 'DELETE' : 'POST', path: '/x', before: [] }, { type: 'write.sent', operation: id, undo, status: 204, milliseconds: 3 }, { type: 'write.verified', operation: id, undo, found: 'read-back', ids: {} },
];
const confirmed: RunEvent = { type: 'group.confirmed', owner: 'auth-service', all: true, by: 'person' };
const proven: RunEvent = { type: 'prove.done', owner: 'auth-service', proofs: [proof('proven')] };
const restored = [confirmed, ...written('create a'), ...written('create b'), proven, ...written('create c')];
const undone: readonly RunEvent[] = [{ type: 'undo.started', owners: [], by: 'person' }, ...['create c', 'create b', 'create a'].flatMap((id) => written(id, true)), { type: 'undo.finished', undone: 3, left: [] }];
const resumed: RunEvent = { type: 'run.resumed', pid: 1, tool: '0.1.0', mode: 'interactive', settings };
const journal = (...events: readonly RunEvent[]) => journalOf([...untilPlan, ...events].map((event) => [1, event]));

describe('the record of a run that was taken back', () => {
  const back = journal(...restored, ...undone);

  it('counts what took back apart from what was sent, and nothing as restored', () => {
    const text = transcriptMarkdown(back);
    expect(text).toContain('| Writes | 3 sent once, each seen to be there afterwards |\n| Taken back | 3 sent once, each seen to be taken back afterwards |');
    expect(text).toContain('0 of 2 clients with lost configuration were restored, 0 proven in tokens');
    expect(text).toContain('| The engineer began to take back everything |');
    expect(JSON.parse(transcriptJson(back))).toMatchObject({ finished: false, summary: { restored: 0, proven: 0 } });
  });

  it('and restored again tells each proof with the writes that it followed', () => {
    const rows = transcriptMarkdown(journal(...restored, ...undone, resumed, ...restored)).split('\n').filter((row) => row.includes('| `auth-service`: '));
    expect(rows).toEqual([
      expect.stringContaining('`auth-service`: 2 writes sent and read back, 1 claim proven | `journal#14–20`'),
      expect.stringContaining('`auth-service`: 2 writes sent and read back, 1 claim proven | `journal#37–43`'),
    ]);
  });
});

describe('the record of a writer that nobody let run', () => {
  const ended = (statement: string | null) => transcriptMarkdown(journal({ type: 'freeze.stated', statement, by: 'flag' }, { type: 'thaw.stated', statement: null, by: 'flag' }));

  it('does not call it paused where nobody paused it', () => {
    expect(ended(null)).not.toMatch(/stayed paused|still paused|stays paused/);
    expect(ended(null)).toContain('Nobody stated that the writer ran again');
  });

  it('says what is to do where somebody stated that it is', () => expect(ended('Argo CD paused')).toContain('- nobody stated that the writer runs again: resume it and compare again'));
});
