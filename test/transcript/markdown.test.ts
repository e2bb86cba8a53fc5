import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/realm/harmful.ts';
import { code, prose, sentence } from '../../src/transcript/escape.ts';
import { transcriptMarkdown } from '../../src/transcript/markdown.ts';
import { tell } from '../../src/transcript/story.ts';
import { expectHarmless, expectOwnMarkdown, outsideFences } from '../harness/harmless.ts';
import { fullJournal, resumedJournal, stoppedJournal } from './fixtures.ts';
import { HOSTILE, hostileJournal } from './hostile.ts';

const text = transcriptMarkdown(fullJournal);
const section = (of: string, title: string) => of.split(/^## /m).find((part) => part.startsWith(title)) ?? '';

describe('the Markdown of a full run', () => {
  it('says in one sentence how it ended, and counts', () => {
    expect(text).toContain('# Recovery of Keycloak realm `primary`, 2026-11-20\n\n**Summary.** Recovered: realm `primary` of `keycloak.example.com` (PROD). 6 of 6 clients with lost configuration were restored, 5 proven in tokens; nobody had to log in again.\n');
    expect(text).toContain('| Sessions before → after | 8,012 → 8,019 (0 lost, 7 new) |');
    expect(text).toContain('| Clients | 5 proven, 1 restored, not proven, accepted with a reason |');
    expect(text).toContain('| Writes | 7 sent once, each seen to be there afterwards |');
  });

  it('has a timeline in UTC whose evidence names lines of the journal', () => {
    const rows = section(text, 'Timeline').split('\n').filter((row) => /^\| \d/.test(row));
    expect(rows[0]).toBe('| 2026-11-20 22:43:07 | The realm was overwritten: a whole-realm import, about 22:43:07 UTC | `journal#5` |');
    expect(rows).toContain('| 22:59:21 | `auth-service`: 1 write sent and read back, 1 claim proven | `journal#18–21` |');
    expect(rows.length).toBeLessThan(fullJournal.length / 2 + 5);
    for (const row of rows) expect(row).toMatch(/\| `journal#\d+(–\d+)?` \|$/);
  });

  it('lists the exact writes with status, read-back and evidence', () => {
    const writes = section(text, 'Writes');
    expect(writes).toContain('| `api-gateway` | `POST /admin/realms/primary/client-scopes` | client scope orders:read | 201 | read back | `journal#23–25` |');
    expect(writes.match(/\| read back \|/g)).toHaveLength(7);
  });

  it('shows the awaited claim before and after, and nothing else of the payload but where it belongs', () => {
    expect(section(text, 'Proofs')).toContain(['```diff', '  "azp": "api-gateway"', '  "aud": ["orders", "account"]', '- "scope": "profile email"', '+ "scope": "profile email orders:read"', '```'].join('\n'));
    expect(section(text, 'Proofs')).toContain('Proven: `platform` in `groups`, by preview of a token (no session was created), user `alice`; RS256, kid Qm3xV0c9… (same key as before the incident), signature valid.');
  });

  it('does not hide what was not proven, left, or what a setting really does', () => {
    const open = section(text, 'Not proven');
    expect(open).toContain('`timeline-service`: `groups` is **not proven**: The mapper is there');
    expect(open).toContain('accepted all the same, because bob of the timeline team');
    expect(open).toContain('left: client-setting `attributes/login_theme` of `media-service`');
    expect(section(text, 'Export')).toContain('| inert | no Keycloak reads it | set to IGNORE\\_EXISTING for people who look for it |');
  });

  it('ends with the complete log and with how to verify it', () => {
    expect(text.match(/^#\d+ +2026/gm)).toHaveLength(fullJournal.length);
    expect(text.trimEnd().split('\n').at(-1)).toBe(`realm-rescue 0.1.0 · session \`8f2c\` · 56 events · head \`${tell(fullJournal).head}\` · verify with: \`realm-rescue transcript verify 8f2c\``);
  });

  it('is the same bytes for the same journal, also when it was read back from its file', () => {
    expect(transcriptMarkdown(JSON.parse(printable(JSON.stringify(fullJournal))))).toBe(text);
  });
});

describe('the Markdown of a run that did not end well', () => {
  it('says so in its first sentence', () => {
    expect(transcriptMarkdown(stoppedJournal)).toContain('**Summary.** **Stopped before the end** (interrupted, ');
    expect(transcriptMarkdown(resumedJournal)).toContain('**Summary.** **The record ends at ');
    expect(transcriptMarkdown(stoppedJournal)).toContain('| Clients | 1 proven, 5 unfinished |');
  });

  it('shows a write that was found by a look after a crash', () => {
    const writes = section(transcriptMarkdown(resumedJournal), 'Writes');
    expect(writes).toContain('| found by a look | `journal#23–26` |');
    expect(section(transcriptMarkdown(resumedJournal), 'Timeline')).toContain('The server was looked at after a write of unknown outcome: it had happened');
  });

  it('can be made from every prefix of a journal', () => {
    for (let length = 0; length <= fullJournal.length; length += 1) {
      expect(transcriptMarkdown(fullJournal.slice(0, length))).toMatch(/^# Recovery[^]*\n<details>[^]*verify with: /);
    }
  });
});

describe('Markdown with hostile text', () => {
  const plain = text.split('\n');
  for (const hostile of HOSTILE) {
    it(`keeps its shape: ${JSON.stringify(hostile).slice(0, 40)}`, () => {
      const made = transcriptMarkdown(hostileJournal(hostile));
      expectHarmless(made, 'transcript.md');
      // The same headings, and the same tables with the same number of cells.
      const headings = (of: readonly string[]) => of.filter((line) => /^#{1,2} /.test(line)).length;
      expect(headings(outsideFences(made).split('\n'))).toBe(headings(plain));
      expectOwnMarkdown(made);
    });
  }

  it('escapes any text into one line without structure', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'-+=#>*_`~[]()!|\\ 1.@ahttps:/<&\n\u001b') })), (any) => {
      for (const made of [prose(any), code(any), sentence(any)]) {
        expect(made).not.toMatch(/[\n\r|]/);
      }
      expect(prose(any)).not.toMatch(/^(?:[-+=#>*_~]|\d+[.)](?:\s|$))/);
    }), { numRuns: 1500 });
    expect(code('a|b')).toBe('<code>a&#124;b</code>');
    expect(code('``x`')).toBe('``` ``x` ```');
    expect(prose('see https://x.example and @kim')).toBe('see `https://x.example` and `@kim`');
  });
});
