/** A complete capture of 2,000 clients against the same requests with nothing around them. */
import { join } from 'node:path';
import type { Bench } from './server.ts';
import type { Row } from './table.ts';
import { seconds } from './table.ts';
import { child, scratch } from './tool.ts';

export interface Measured {
  readonly milliseconds: number;
  readonly first: number | null;
  readonly requests: number;
  readonly cpu: number;
}

const ROUNDS = 2;
/** In flight at once, as the tool has them. */
const WIDTH = 4;

export async function capture(bench: Bench): Promise<Row[]> {
  const { name } = await bench.realm('L');
  const requests = join(scratch, 'capture-L.json');
  const work = { server: { url: bench.url, ...bench.admin }, realm: name };
  // Notes the requests, and warms the server for both.
  await child<Measured>('capture', { ...work, requests });
  const rows: Row[] = [];
  for (const state of ['cold', 'warm'] as const) {
    const [tool, bare]: [Measured[], Measured[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Each goes first in turn: what comes second finds a warmer machine.
      for (const side of round % 2 === 0 ? ['bare', 'tool'] as const : ['tool', 'bare'] as const) {
        if (state === 'cold') await bench.cool(name);
        if (side === 'tool') tool.push(await child<Measured>('capture', work));
        else bare.push(await child<Measured>('replay', { ...work, requests, width: WIDTH }));
      }
    }
    const [ours, theirs] = [least(tool), least(bare)];
    rows.push(
      { what: `capture of L, ${state}`, found: ours.milliseconds / theirs.milliseconds, bound: 1.2, unit: 'x', note: `${seconds(ours.milliseconds)} against ${seconds(theirs.milliseconds)} of a bare loop with the same ${theirs.requests} requests, ${WIDTH} in flight; best of ${ROUNDS}` },
      { what: `first difference on the screen, L ${state}`, found: Math.min(...tool.map(({ first }) => first ?? Number.NaN)) / 1000, bound: null, unit: 's', note: 'settings, client scopes and all clients are read by then' },
      { what: `CPU of the capture, L ${state}`, found: ours.cpu, bound: null, unit: 's', note: `the bare loop takes ${theirs.cpu.toFixed(2)} s` },
    );
  }
  return rows;
}

/** The round that was disturbed least. */
function least(rounds: readonly Measured[]): Measured {
  return rounds.reduce((best, round) => (round.milliseconds < best.milliseconds ? round : best));
}
