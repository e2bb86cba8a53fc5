/**
 * Loaded into the tool by NODE_OPTIONS=--import: the process stands still the moment that a journal line which fits REALM_RESCUE_TEST_HOLD_AT is on disk, until
 * somebody takes away the file REALM_RESCUE_TEST_HOLD_FILE, which it makes then. Something can happen at exactly that moment.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const line = new RegExp(process.env['REALM_RESCUE_TEST_HOLD_AT'] ?? '$.');
const file = process.env['REALM_RESCUE_TEST_HOLD_FILE'] ?? '';
const { existsSync, writeFileSync, writeSync, fsyncSync } = fs;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
let written = null;
let held = false;
fs.writeSync = (descriptor, data, ...rest) => {
  if (!held && line.test(typeof data === 'string' ? data : Buffer.from(data).toString('utf8'))) written = descriptor;
  return writeSync(descriptor, data, ...rest);
};
fs.fsyncSync = (descriptor) => {
  fsyncSync(descriptor);
  if (held || descriptor !== written) return;
  held = true;
  writeFileSync(file, '');
  while (existsSync(file)) Atomics.wait(sleeper, 0, 0, 10);
};
syncBuiltinESMExports();
