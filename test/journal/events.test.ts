import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENT_TABLE } from '../../src/journal/events.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/journal.md'), 'utf8');

describe('docs/journal.md', () => {
  it('has one line for every event, with the words of the table, and for nothing else', () => {
    const documented = [...page.matchAll(/^\| `([a-z]+\.[a-z]+)` \| (.+) \|$/gm)].map(([, type, words]) => [type, words]);
    expect(documented).toEqual(Object.entries(EVENT_TABLE));
  });
});
