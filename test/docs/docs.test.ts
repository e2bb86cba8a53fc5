import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';
import { JOBS } from '../../src/keycloak/jobs.ts';
import { verifyLines } from '../../src/journal/chain.ts';
import { KINDS } from '../../src/realm/kinds/index.ts';
import { transcriptCast } from '../../src/transcript/cast.ts';
import { castToSvg } from '../../src/transcript/svg.ts';
import { exitCodeTable, kindsPage, rightsPage, strategyPage, strategyTable } from './tables.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(root + path, 'utf8');
const update = process.env['UPDATE_DOCS'] === '1';

/** Compares a page with what it is made from; with UPDATE_DOCS=1 it is written anew. */
function fresh(path: string, wanted: string): void {
  if (update) writeFileSync(root + path, wanted);
  expect(read(path)).toBe(wanted);
}

function between(text: string, mark: string, content: string): string {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no place for ${mark}`);
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
}

describe('the docs are made from what they describe', () => {
  it('README: exit codes and import settings', () => fresh('README.md', between(between(read('README.md'), 'exit-codes', exitCodeTable()), 'strategy-settings', strategyTable())));

  it('docs/strategy-settings.md', () => fresh('docs/strategy-settings.md', strategyPage()));

  it('README: every command, and the two that a newcomer needs', () => {
    for (const name of Object.keys(COMMANDS)) expect(read('README.md')).toContain(`\`${name}\``);
    expect(read('README.md')).toMatch(/npm ci && npm start[\s\S]{1,200}npm ci && npm test/);
  });

  it('docs/kinds.md', () => fresh('docs/kinds.md', kindsPage()));

  it('docs/rights.md, with a row for every kind', () => {
    fresh('docs/rights.md', rightsPage());
    const covered = new Set(JOBS.flatMap(({ kinds = [] }) => kinds));
    expect(KINDS.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });

  it('docs/demo.svg and docs/prove.svg: drawn from the recorded run', () => {
    const journal = verifyLines(read('recordings/demo.journal.jsonl'));
    if (!journal.ok) throw new Error(`recordings/demo.journal.jsonl: line ${journal.line} ${journal.because}`);
    const cast = transcriptCast(journal.lines);
    fresh('docs/demo.svg', castToSvg(cast));
    fresh('docs/prove.svg', castToSvg(cast, 'Prove'));
  });
});
