// Confirmed clients go beside each other: seen in the journal of a run, which holds every write before it leaves.
import { expect, it } from 'vitest';
import type { JournalLine } from '../../src/runbook/model.ts';
import { readRealm } from '../harness/independent.ts';
import { confirmed, run, stageSandbox } from '../bad-input/story.ts';

it('the first client is proven alone; then several are under way, each with one write at a time, and the realm is as wanted', async () => {
  const { sandbox, ...story } = await stageSandbox();
  const done = await run(story, ['recover'], { with: confirmed(story) });
  expect(done).toMatchObject({ exit: 0, stderr: '' });
  const events = done.stdout.trim().split('\n').slice(0, -1).map((line) => (JSON.parse(line) as JournalLine).event);
  const groups = events.flatMap((event) => (event.type === 'plan.made' ? event.plan.groups : []));
  const ownerOf = new Map(groups.flatMap((group) => group.operations.map(({ id }) => [id, group.owner] as const)));
  const open: string[] = [];
  let most = 0;
  for (const [at, event] of events.entries()) {
    if (event.type === 'write.intended') {
      const owner = ownerOf.get(event.operation) ?? '';
      expect(open).not.toContain(owner);
      open.push(owner);
      most = Math.max(most, open.length);
      if (owner !== groups[0]?.owner) expect(events.slice(0, at)).toContainEqual(expect.objectContaining({ type: 'prove.done', owner: groups[0]?.owner }));
    }
    if (event.type === 'write.verified') open.splice(open.indexOf(ownerOf.get(event.operation) ?? ''), 1);
  }
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
  expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
  await sandbox.close();
});
