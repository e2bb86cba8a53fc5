import { describe, expect, it } from 'vitest';
import { EVENT_TABLE } from '../../src/journal/events.ts';
import { verifyLines } from '../../src/journal/chain.ts';
import { assertNoSecrets } from '../harness/secrets.ts';
import { logLine } from '../../src/transcript/log.ts';
import { transcriptJson } from '../../src/transcript/json.ts';
import type { JournalLine } from '../../src/runbook/model.ts';
import { journalOf } from './build.ts';
import { fullJournal } from './fixtures.ts';

const text = transcriptJson(fullJournal);

describe('the JSON transcript', () => {
  it('says what came out and carries the whole journal, which still verifies', () => {
    const document = JSON.parse(text) as { journal: JournalLine[]; head: string };
    expect(document).toMatchObject({
      schema: 'realm-rescue/transcript/v1', session: '8f2c', tool: '0.1.0', target: { url: 'https://keycloak.example.com', realm: 'primary', envTag: 'PROD', serverVersion: '26.7.4' },
      startedAt: '2026-11-20T22:58:00.000Z', finished: true, exit: 0, summary: { restored: 7, proven: 5 }, verify: 'realm-rescue transcript verify 8f2c',
      clients: [{ owner: 'auth-service', verdict: 'proven' }, {}, {}, {}, {}, { owner: 'timeline-service', verdict: 'accepted', accepted: expect.stringContaining('bob') }],
    });
    expect(verifyLines(document.journal.map((line) => `${JSON.stringify(line)}\n`).join(''))).toMatchObject({ ok: true, head: document.head });
  });

  it('of a freeze alone has its id also where that of a run stands', () => {
    const begun = journalOf([[0, { type: 'freeze.begun', freeze: { id: '228f', tool: '0.1.0', place: 'prod', from: 'configmap:iam/realm' } }]]);
    expect(JSON.parse(transcriptJson(begun))).toMatchObject({ session: '228f', summary: { session: '228f' } });
  });

  it('is the same bytes for the same journal, and made of every prefix', () => {
    expect(transcriptJson(JSON.parse(JSON.stringify(fullJournal)))).toBe(text);
    for (let length = 0; length < fullJournal.length; length += 1) expect(JSON.parse(transcriptJson(fullJournal.slice(0, length)))).toMatchObject({ finished: false, exit: null });
  });
});

describe('the complete log', () => {
  it('has words of its own for every event', () => {
    for (const { event } of fullJournal) expect(logLine(event)).not.toBe(event.type);
    expect(Object.keys(EVENT_TABLE)).toEqual(expect.arrayContaining(fullJournal.map((line) => line.event.type)));
  });
});

describe('the guard against secrets', () => {
  const secret = 's3cr3t-"auth service"';

  it('finds a secret in clear, in JSON, in a URL and in base64, and does not repeat it', () => {
    const spellings = [secret, JSON.stringify({ secret }), `?client_secret=${encodeURIComponent(secret)}`, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('base64url')];
    for (const spelling of spellings) {
      expect(() => assertNoSecrets(`before ${spelling} after`, ['other-secret', secret])).toThrow(/^A secret of 21 characters is in the text, \d+ characters after its start, [\w ]+, behind "before .{0,20}"\.$/);
    }
  });

  it('lets everything else pass', () => {
    expect(() => assertNoSecrets(text, [secret, 'x', '', 'primary'.slice(0, 5)])).not.toThrow();
  });
});
