// docs/reliability.md: every fault at every moment of a recovery, between the built tool and a real Keycloak.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startKeycloak, type RealKeycloak } from '../harness/keycloak.ts';
import { openLane, type Cell } from './cells.ts';
import { FAULTS, MOMENTS } from './moments.ts';
import { reliabilityPage } from './reliability-page.ts';

const PAGE = new URL('../../docs/reliability.md', import.meta.url);
/** Recoveries at the same time, each on a realm of its own. */
const LANES = 3;

let keycloak: RealKeycloak;
beforeAll(async () => {
  keycloak = await startKeycloak({ database: 'postgres' });
});
afterAll(() => keycloak.stop());

test('each fault at each moment: the realm is as before the incident in the end, and no write was lost or done twice', async () => {
  const cells = FAULTS.flatMap((fault) => MOMENTS.map((moment) => ({ fault, moment })));
  const outcomes = new Map<string, Cell>();
  const waiting = cells.values();
  await Promise.all(Array.from({ length: LANES }, async (_, index) => {
    const lane = await openLane({ url: keycloak.url, ...keycloak.admin }, `lane-${index}`);
    for (const { fault, moment } of waiting) outcomes.set(`${fault.name} / ${moment.what}`, await lane.cell(moment, fault));
    await lane.close();
  }));
  const wrong = [...outcomes].filter(([, cell]) => cell.wrong.length > 0).map(([name, cell]) => `${name}: ${cell.exit} → ${cell.resumed}; ${cell.wrong.join('; ')}`);
  console.log(`${cells.length - wrong.length} of ${cells.length} cells end as before the incident`);
  expect(wrong).toEqual([]);
  expect(outcomes.size).toBe(cells.length);
  expect(cells.length).toBeGreaterThanOrEqual(200);

  const page = reliabilityPage(keycloak.version, (fault, moment) => outcomes.get(`${fault} / ${moment}`));
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, page);
  expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '').toBe(page);
}, 7_200_000);
