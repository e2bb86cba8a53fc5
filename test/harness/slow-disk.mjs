/** Loaded into the tool by NODE_OPTIONS=--import: a disk on which every sync takes REALM_RESCUE_TEST_SYNC milliseconds, in which this process stands still as it would. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { fsyncSync } = fs;
const cell = new Int32Array(new SharedArrayBuffer(4));
fs.fsyncSync = (descriptor) => {
  Atomics.wait(cell, 0, 0, Number(process.env['REALM_RESCUE_TEST_SYNC']));
  fsyncSync(descriptor);
};
syncBuiltinESMExports();
