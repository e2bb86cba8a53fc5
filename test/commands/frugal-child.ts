/** Fills its memory with what stays, and tells how large the young generation has become, in bytes. Argument: whether to be frugal. */
import { setTimeout as pause } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { stayFrugal } from '../../src/commands/frugal.ts';

if (process.argv[2] === 'frugal') stayFrugal();
const kept: object[] = [];
let largest = 0;
for (let round = 0; round < 60; round += 1) {
  for (let index = 0; index < 10_000; index += 1) kept.push({ round, index, text: [`${round}/${index}`] });
  // What is read comes from files and the network: in between the event loop turns.
  await pause(5);
  largest = Math.max(largest, getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0);
}
console.log(JSON.stringify({ kept: kept.length, largest }));
