import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/runbook/model.ts';
import { transcriptMarkdown } from '../../src/transcript/markdown.ts';
import { thaw } from '../../src/runner/cluster-thaw.ts';
import { findWriter, pauseAll, type ClusterWork } from '../../src/runner/cluster-work.ts';
import { argoWorld, MAP } from '../runner/cluster-worlds.ts';
import { journalOf } from './build.ts';

const POLICY = 'automated {prune, selfHeal}';

/** A freeze, and what becomes of it when somebody has edited the ConfigMap by hand in between, or nobody. */
async function record(edited: boolean): Promise<string> {
  const world = argoWorld();
  const start = (): ClusterWork => {
    const work = world.start();
    return { ...work, cluster: { ...work.cluster, look: () => world.look(MAP) } };
  };
  const work = start();
  await pauseAll(work, await findWriter(work, MAP));
  if (edited) world.write(MAP, { data: { 'realm.json': '{}' } });
  const again = start();
  const sight = await findWriter(again, MAP);
  expect(sight.notes.filter((note) => note.includes('was paused by record'))).toEqual([]);
  expect(await thaw(again, sight)).toBe(true);
  const begun: RunEvent = { type: 'freeze.begun', freeze: { id: '8f2c', tool: '0.1.0', place: 'prod', from: MAP } };
  return transcriptMarkdown(journalOf([begun, ...world.journal].map((event) => [1, event])));
}

test('the record of a thaw that was nothing says what the policy was, and leaves nothing to itself', async () => {
  const text = await record(false);
  expect(text).toContain(`| Argo CD application \`argocd/keycloak\` | ${POLICY} |`);
  expect(text).toContain('The next sync was a no-op:');
  expect(text).not.toContain('was paused by record');
});

test('of one that brought what was announced it says that the sync after that was nothing', async () => {
  const text = await record(true);
  expect(text.match(/next sync.* was a no-op/g)).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^next sync(?: \([^)]+\))? brought what was announced; the one after it was a no-op$/)));
  expect(text).toContain('- as announced: configmap:iam/keycloak-realm has other content');
});
