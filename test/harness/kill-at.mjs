/**
 * Loaded into the tool by NODE_OPTIONS=--import: ends the process as kill -9 would, the moment that the journal line number
 * REALM_RESCUE_TEST_KILL_AT is on disk, before anything else can happen. What lies there is then exactly that prefix. Or the n-th of a type, as
 * REALM_RESCUE_TEST_KILL_EVENT says (`write.sent 4`). Or the moment that a file is on disk whose path fits REALM_RESCUE_TEST_KILL_FILE: it may
 * still have the name of a temporary one.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const line = new RegExp(`^\\{"v":\\d+,"seq":${process.env['REALM_RESCUE_TEST_KILL_AT']},`);
const file = process.env['REALM_RESCUE_TEST_KILL_FILE'];
const [type, nth] = (process.env['REALM_RESCUE_TEST_KILL_EVENT'] ?? '').split(' ');
let seen = 0;
const { openSync, writeSync, fsyncSync } = fs;
let written = null;
fs.openSync = (path, flags, ...rest) => {
  const descriptor = openSync(path, flags, ...rest);
  if (file !== undefined && flags !== 'r' && new RegExp(file).test(String(path))) written = descriptor;
  return descriptor;
};
fs.writeSync = (descriptor, data, ...rest) => {
  const text = typeof data === 'string' ? data : Buffer.from(data).toString('utf8', 0, 256);
  if (line.test(text) || (nth !== undefined && text.includes(`"event":{"type":"${type}",`) && (seen += 1) === Number(nth))) written = descriptor;
  return writeSync(descriptor, data, ...rest);
};
fs.fsyncSync = (descriptor) => {
  fsyncSync(descriptor);
  if (descriptor === written) process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
