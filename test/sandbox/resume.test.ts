import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { startSandbox } from '../../src/sandbox/server/sandbox.ts';
import { ANN_LOGIN, APP_LOGIN, callerOf, SMALL_REALM, token } from './client.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a start with the state file of a killed one goes on: port, keys, sessions, tokens', async () => {
  const stateFile = join(directory, 'state.json');
  const first = await startSandbox({ stateFile });
  const caller = await callerOf(first, 'small');
  await caller.create('^', SMALL_REALM);
  const login = (await caller.grant(ANN_LOGIN)).body as JsonObject;
  const keys = (await caller.admin('GET', '/keys')).body;
  // What a kill -9 leaves behind is the file as it is now.
  const left = join(directory, 'left.json');
  copyFileSync(stateFile, left);
  await first.close();

  const second = await startSandbox({ stateFile: left });
  try {
    expect(second.url).toBe(first.url);
    expect((await (await callerOf(second, 'small')).admin('GET', '/keys')).body).toEqual(keys);
    const again = await token(second.url, 'small', { grant_type: 'refresh_token', refresh_token: String(login['refresh_token']), ...APP_LOGIN });
    expect(again).toMatchObject({ status: 200, body: { session_state: login['session_state'] } });
    const verified = await jwtVerify(String(login['access_token']), createRemoteJWKSet(new URL(`${second.url}/realms/small/protocol/openid-connect/certs`)), { issuer: `${second.url}/realms/small` });
    expect(verified.protectedHeader.alg).toBe('RS256');
  } finally {
    await second.close();
  }
});

test('the state file is for its owner only', async () => {
  const stateFile = join(directory, 'state.json');
  await (await startSandbox({ stateFile })).close();
  expect(statSync(stateFile).mode & 0o777).toBe(0o600);
});

test('a port that is taken is refused', async () => {
  const first = await startSandbox();
  try {
    await expect(startSandbox({ port: Number(new URL(first.url).port) })).rejects.toThrow('EADDRINUSE');
  } finally {
    await first.close();
  }
});

test('a dump is a copy: changing it changes nothing', async () => {
  const sandbox = await startSandbox({ version: '26.0.8' });
  try {
    const dump = sandbox.dump() as { realms: JsonObject[] };
    dump.realms.length = 0;
    expect(sandbox.dump()).toMatchObject({ version: '26.0.8', realms: [{ name: 'master' }] });
  } finally {
    await sandbox.close();
  }
});
