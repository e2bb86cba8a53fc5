import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { expectWanted } from './faults.ts';
import { startFaultProxy } from './faultProxy.ts';
import { expectRefusal, recordedIn } from './refusal.ts';
import { confirmed, run, stageOn, type Story } from './story.ts';

/** A module of the harness, as NODE_OPTIONS wants it. */
export const loaded = (name: string): string => `--import=${fileURLToPath(new URL(`../harness/${name}`, import.meta.url))}`;

/** Which file the disk refuses: what its path looks like, from which time on, and what the run says. */
export const FILES: Readonly<Record<string, { readonly path: string; readonly from?: number; readonly says: RegExp; readonly next: RegExp }>> = {
  'the lock': { path: '/locks', says: /session files at .*locks.* cannot be used/, next: /Make room/ },
  'the directory of the run': { path: '/sessions/[0-9a-f]{4,8}$', says: /session files at .* cannot be used/, next: /Make room/ },
  'the journal, from its first line': { path: '/journal\\.jsonl$', says: /session files at .*sessions\/[0-9a-f]{4}\S* cannot be used/, next: /Make room/ },
  'the journal, in the middle': { path: '/journal\\.jsonl$', from: 24, says: /session files at .*journal\.jsonl cannot be used/, next: /resume [0-9a-f]{4}/ },
  'the snapshot before': { path: '/live-before\\.json', says: /session files at .*snapshots cannot be used/, next: /resume [0-9a-f]{4}/ },
  'the snapshot of the evidence': { path: '/evidence-1\\.json', says: /session files at .*snapshots cannot be used/, next: /resume [0-9a-f]{4}/ },
  'the snapshot after': { path: '/live-after\\.json', says: /session files at .*snapshots cannot be used/, next: /resume [0-9a-f]{4}/ },
  'the patch': { path: '/export/changes\\.patch$', says: /The export cannot be written to .*\(E[A-Z]+\)/, next: /--out[^]*resume [0-9a-f]{4}/ },
  'a patched file': { path: '/export/realm\\.json$', says: /The export cannot be written to .*\(E[A-Z]+\)/, next: /--out[^]*resume [0-9a-f]{4}/ },
  'the message of the commit': { path: '/export/COMMIT_MESSAGE$', says: /The export cannot be written to .*\(E[A-Z]+\)/, next: /--out[^]*resume [0-9a-f]{4}/ },
  'the transcript': { path: '/transcript\\.md', says: /session files at .*transcript\.md cannot be used/, next: /resume [0-9a-f]{4}/ },
  'the recording': { path: '/transcript\\.cast', says: /session files at .*transcript\.cast cannot be used/, next: /resume [0-9a-f]{4}/ },
};

/**
 * A recovery whose disk refuses one kind of file: exit 1 and one sentence, no temporary file left, and with room again the same run (or a new one, where nothing was
 * recorded) ends on the wanted realm, each write sent once.
 */
export async function expectGoesOn(server: Parameters<typeof stageOn>[0], file: string, code: string, realm: string): Promise<void> {
  const story = await stageOn(server, realm);
  const { path, from = 1, says, next } = FILES[file] ?? { path: '', says: /^$/, next: /^$/ };
  const proxy = await startFaultProxy(story.url);
  try {
    const via: Story = { ...story, url: proxy.url };
    const refused = await run(via, ['recover'], { with: confirmed(story), env: { NODE_OPTIONS: loaded('fail-disk.mjs'), REALM_RESCUE_TEST_DISK: `${code} ${path} ${from}` } });
    expectRefusal(refused, { exit: 1, says, next });
    expect(refused.stderr).toContain(`(${code})`);
    const { runs: [id], others } = recordedIn(refused.sessions);
    expect(others).toEqual([]);
    const recorded = id !== undefined && (statSync(join(refused.sessions, id, 'journal.jsonl'), { throwIfNoEntry: false })?.size ?? 0) > 0;
    const again = recorded ? await run(via, ['resume', id], { sessions: refused.sessions }) : await run(via, ['recover'], { sessions: refused.sessions, with: confirmed(story) });
    expect(again, again.stderr).toMatchObject({ exit: 0, stderr: '' });
    await expectWanted(story, proxy);
    expect(leftovers(refused.sessions)).toEqual([]);
  } finally {
    await proxy.close();
  }
}

/** Whatever should not be there for good. */
export function leftovers(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tmp$|\.lock(?:\.|$)|\.stale-|\.git-index|\.new$/.test(name));
}

/** Paths below a directory that others may look into. */
export function openTo(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => (statSync(join(directory, name)).mode & 0o077) !== 0);
}
