/**
 * Loaded into the tool by NODE_OPTIONS=--import: a disk that refuses one kind of file. REALM_RESCUE_TEST_DISK is `CODE PATTERN [N]`: from the N-th time on (1 when left
 * out) that a path fits, ENOSPC comes with the writing, EIO with the syncing, and every other code with the opening or making.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [code = '', pattern = '', from = '1'] = (process.env['REALM_RESCUE_TEST_DISK'] ?? '').split(' ');
const original = { ...fs };
const promised = { ...fs.promises };
const paths = new Map();
let met = 0;
const refuse = (call, path) => {
  if (!new RegExp(pattern).test(String(path))) return;
  met += 1;
  if (met >= Number(from)) throw Object.assign(new Error(`${code}: as the test wants it, ${call} '${path}'`), { code, syscall: call, path: String(path) });
};
const early = code !== 'ENOSPC' && code !== 'EIO';
fs.openSync = (path, flags, ...rest) => {
  if (early && flags !== 'r') refuse('open', path);
  const descriptor = original.openSync(path, flags, ...rest);
  paths.set(descriptor, path);
  return descriptor;
};
fs.mkdirSync = (path, ...rest) => {
  if (early) refuse('mkdir', path);
  return original.mkdirSync(path, ...rest);
};
fs.writeSync = (descriptor, ...rest) => {
  if (code === 'ENOSPC') refuse('write', paths.get(descriptor));
  return original.writeSync(descriptor, ...rest);
};
fs.fsyncSync = (descriptor) => {
  if (code === 'EIO') refuse('fsync', paths.get(descriptor));
  return original.fsyncSync(descriptor);
};
fs.promises.writeFile = async (path, ...rest) => {
  refuse('write', path);
  return promised.writeFile(path, ...rest);
};
fs.promises.mkdir = async (path, ...rest) => {
  if (early) refuse('mkdir', path);
  return promised.mkdir(path, ...rest);
};
syncBuiltinESMExports();
