/**
 * Records a real recovery for test/keycloak/playback.test.ts: stages the incident on a Keycloak of its own, recovers
 * through undici's SnapshotAgent, and writes the canonical form to recordings/. Not part of any suite. Run it with
 *
 *   npx esbuild test/harness/record.ts --bundle --platform=node --format=esm --packages=external --outfile=node_modules/.cache/record.mjs
 *   node node_modules/.cache/record.mjs recordings/recovery.json
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { stageIncident } from '../../src/sandbox/incident/stage.ts';
import { RECORDED_ORIGIN, RECORDED_REALM, recorder } from '../keycloak/recording.ts';
import { recover } from '../keycloak/recovery.ts';
import { startKeycloak } from './keycloak.ts';

const KEPT_HEADERS = new Set(['content-type', 'location', 'retry-after']);
const TOKEN = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/;
/** What is secret, and what is only noise that changes with each server. */
const HIDDEN_FIELDS = new Set(['secret', 'client_secret', 'clientSecret', 'password', 'refresh_token', 'publicKey', 'certificate', 'registrationAccessToken']);

/** undici gives no name to the lines of its file. */
interface Entry {
  readonly hash: string;
  readonly snapshot: {
    readonly request: { readonly method: string; readonly url: string; readonly headers: Record<string, string>; readonly body?: string };
    readonly responses: readonly { readonly statusCode: number; readonly headers: Record<string, string>; readonly body: string }[];
  };
}

interface TestKey {
  readonly sign: CryptoKey;
  readonly jwk: JWK;
}

async function main(output: string): Promise<void> {
  const server = await startKeycloak();
  const directory = await mkdtemp(join(tmpdir(), 'realm-rescue-record-'));
  try {
    const { evidence, tokens } = await stageIncident(server.calls(RECORDED_REALM), { logins: 10 });
    const session = tokens.find((token) => token.client === 'auth-service');
    const raw = join(directory, 'raw.json');
    const agent = recorder(raw);
    const keycloak = openKeycloak({ url: server.url, realm: RECORDED_REALM, authRealm: 'master', clientId: 'admin-cli', ...server.admin, dispatcher: agent, userAgent: 'realm-rescue', readOnly: false });
    const result = await recover(keycloak, evidence, session?.refresh ?? '');
    await keycloak.close();
    await agent.saveSnapshots();
    await agent.close();
    if (result.left.length > 0 || result.unlike.length > 0) throw new Error(`the recovery is not whole: ${[...result.left, ...result.unlike].join(', ')}`);
    await canonical(JSON.parse(await readFile(raw, 'utf8')) as Entry[], server.url, output);
    process.stdout.write(`${output}: ${result.writes.length} writes, ${result.proofs.length} proofs\n`);
  } finally {
    await rm(directory, { recursive: true, force: true });
    await server.stop();
  }
}

/** A second recorder is fed what the first one saw, cleaned: undici itself has no hook for the bodies of answers. */
async function canonical(entries: readonly Entry[], origin: string, output: string): Promise<void> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const key: TestKey = { sign: privateKey, jwk: { ...(await exportJWK(publicKey)), use: 'sig', alg: 'RS256' } };
  const clean = recorder(output);
  for (const { snapshot } of entries) {
    const url = new URL(snapshot.request.url);
    for (const response of snapshot.responses) {
      const body = await cleanBody(Buffer.from(response.body, 'base64').toString('utf8'), url.pathname, origin, key);
      const headers = Object.fromEntries(Object.entries(response.headers).filter(([name]) => KEPT_HEADERS.has(name)).map(([name, value]) => [name, value.replaceAll(origin, RECORDED_ORIGIN)]));
      await clean.getRecorder().record({ origin: RECORDED_ORIGIN, path: url.pathname + url.search, method: snapshot.request.method, headers: snapshot.request.headers, body: snapshot.request.body }, { statusCode: response.statusCode, headers, body: Buffer.from(body) });
    }
  }
  await clean.saveSnapshots(output);
  await clean.close();
  await writeFile(output, stable(JSON.parse(await readFile(output, 'utf8')) as Entry[]));
}

/** Without the moment of recording, and sorted: two recordings of the same recovery differ only in what the server said. */
function stable(entries: readonly Entry[]): string {
  const plain = entries.map(({ hash, snapshot }) => ({ hash, snapshot: { ...snapshot, callCount: 0, timestamp: '2026-01-01T00:00:00.000Z' } }));
  return `${JSON.stringify(plain.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)))}\n`;
}

async function cleanBody(text: string, path: string, origin: string, key: TestKey): Promise<string> {
  if (text === '') return '';
  const body: unknown = JSON.parse(text.replaceAll(origin, RECORDED_ORIGIN));
  // Half a megabyte about the server's plugins, of which only the version is looked at.
  if (path.endsWith('/admin/serverinfo')) return JSON.stringify({ systemInfo: { version: (body as { systemInfo: { version: string } }).systemInfo.version } });
  if (path.endsWith('/certs')) return JSON.stringify({ keys: (body as { keys: JWK[] }).keys.filter((one) => one.use === 'sig').map(({ kid }) => ({ ...key.jwk, ...(kid === undefined ? {} : { kid }) })) });
  return JSON.stringify(await cleanValue(body, origin, key));
}

async function cleanValue(value: unknown, origin: string, key: TestKey): Promise<unknown> {
  if (typeof value === 'string') return TOKEN.test(value) ? signedAgain(value, origin, key) : value;
  if (Array.isArray(value)) return Promise.all(value.map((item) => cleanValue(item, origin, key)));
  if (typeof value !== 'object' || value === null) return value;
  const fields = await Promise.all(Object.entries(value).map(async ([name, item]) => [name, HIDDEN_FIELDS.has(name) && typeof item === 'string' ? 'redacted' : await cleanValue(item, origin, key)] as const));
  return Object.fromEntries(fields);
}

/** The same claims under the same kid, signed by a key that is thrown away when the recording is done. */
async function signedAgain(token: string, origin: string, key: TestKey): Promise<string> {
  const claims = JSON.parse(JSON.stringify(decodeJwt(token)).replaceAll(origin, RECORDED_ORIGIN)) as Record<string, unknown>;
  const { kid } = decodeProtectedHeader(token);
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(kid === undefined ? {} : { kid }) }).sign(key.sign);
}

const [output] = process.argv.slice(2);
if (output === undefined) throw new Error('Name the file to write: recordings/recovery.json');
await main(output);
