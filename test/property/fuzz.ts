/** Every parser of what comes from outside, with what it may be given; see fuzz.test.ts and fuzz.long.test.ts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { request as undiciRequest, type Dispatcher } from 'undici';
import { stringify } from 'yaml';
import { readAnswers } from '../../src/commands/answers.ts';
import { judge } from '../../src/evidence/completeness.ts';
import { exportNotes } from '../../src/gitops/export-notes.ts';
import { lintFile } from '../../src/gitops/lint.ts';
import { patchFile } from '../../src/gitops/patch-file.ts';
import { realmInText } from '../../src/evidence/document.ts';
import { readSnapshotText } from '../../src/evidence/snapshot-file.ts';
import { verifyLines } from '../../src/journal/chain.ts';
import { lockHolder } from '../../src/journal/lock.ts';
import { openPreferences } from '../../src/journal/preferences.ts';
import type { Api } from '../../src/keycloak/api.ts';
import { openKeycloak } from '../../src/keycloak/keycloak.ts';
import { byCredentials } from '../../src/keycloak/prove/real-token.ts';
import { openRealmKeys } from '../../src/keycloak/prove/realm-keys.ts';
import { fingerprint } from '../../src/realm/canonical.ts';
import { compareStates } from '../../src/realm/compare.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { readState } from '../../src/realm/state.ts';
import type { ProveRequest } from '../../src/runner/ports.ts';
import { must, openAdminCalls } from '../../src/sandbox/incident/calls.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { startSandbox } from '../../src/sandbox/server/sandbox.ts';
import { transcriptMarkdown } from '../../src/transcript/markdown.ts';
import { corpusFiles } from '../gitops/corpus.ts';
import { KEPT, LIVE, PACKAGINGS } from '../gitops/packagings.ts';
import { damaged, retyped } from './mutate.ts';

export interface Parser {
  readonly name: string;
  readonly input: fc.Arbitrary<string>;
  /** Reads it as the tool does, and uses what came out. Throws RescueError where it is of no use; anything else is a crash. */
  read(text: string): unknown;
}

const REALM = 'primary';
const whole = goodRealmFile({ realm: REALM }, { secrets: 'real' });
/** Some of everything: what is large only takes time. */
const small: RealmRepresentation = { ...whole, clients: whole.clients?.slice(0, 3) ?? [], clientScopes: whole.clientScopes?.slice(0, 3) ?? [] };
const live = readState({ realm: REALM, source: 'live', completeness: 'full', representation: whole });

function compared(representation: RealmRepresentation): void {
  const { completeness } = judge(representation);
  const state = readState({ realm: REALM, source: 'file:fuzz', completeness, representation });
  fingerprint(state);
  compareStates(live, [state]);
}

const snapshot = { schema: 'realm-rescue/snapshot/v1', source: 'live', capturedAt: '2026-11-20T22:58:10.000Z', completeness: 'full', realm: REALM, serverVersion: '26.7.4', fingerprint: 'sha256:0', representation: small, facts: { realmId: 'x', keys: [], sessions: [], offlineSessions: [], usersCount: 0 }, notes: [] };
const json = (value: unknown): string => JSON.stringify(value, null, 2);
const configMap = stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'realms' }, data: { 'primary.json': json({ realm: REALM, clients: small.clients?.slice(0, 1) ?? [] }) } });
const journal = readFileSync(new URL('../../recordings/demo.journal.jsonl', import.meta.url), 'utf8');
const [firstLines, allLines] = [journal.split('\n').slice(0, 4).join('\n'), journal];

/** Small files of the corpus of every packaging, each under a name that decides by which reader it is read. */
const deployed = Object.values(Object.groupBy(corpusFiles().filter(({ text }) => text.length < 2000), ({ path }) => path.replace(/^.*[/]/, '').replace(/^[^.]*(?=\.)/, ''))).flatMap((files = []) => files.slice(0, 4));

const edited = readState({ realm: REALM, source: 'live', completeness: 'full', representation: LIVE });
const exportable = (path: string, text: string) => [patchFile(path, text, { realm: REALM, serverVersion: '26.7.4', live: edited, differences: [KEPT], choices: { [KEPT.id]: 'keep' } }) ?? []].flat();

export const FILES: readonly Parser[] = [
  {
    name: 'deployment files', input: fc.constantFrom(...deployed).chain(({ path, text }) => damaged(text).map((broken) => `${path}\n${broken}`)),
    read: (text) => {
      const end = text.indexOf('\n');
      const { fixed } = lintFile(text.slice(0, end), text.slice(end + 1), null);
      if (fixed !== null) lintFile(text.slice(0, end), fixed, null);
    },
  },
  {
    name: 'files of an export', input: fc.constantFrom(...Object.values(PACKAGINGS)).chain(({ file = 'x.yaml', text }) => damaged(text).map((broken) => `${file}\n${broken}`)),
    read: (text) => {
      const end = text.indexOf('\n');
      const [path, body] = [text.slice(0, end), text.slice(end + 1)];
      const files = exportable(path, body);
      exportNotes({ realm: REALM, live: edited, files, copies: [], seen: [{ path, text: body, absolute: path }] });
      for (const { after } of files) exportable(path, after);
    },
  },
  { name: 'realm file, JSON', input: fc.oneof(damaged(json(small), JSON.stringify([small])), retyped(small).map(json)), read: (text) => compared(realmInText('realm.json', text, REALM).representation) },
  { name: 'realm file, YAML and ConfigMap', input: fc.oneof(damaged(stringify({ realm: REALM, clients: small.clients?.slice(0, 2) }), configMap), retyped(small).map((value) => stringify(value))), read: (text) => compared(realmInText('realm.yaml', text, REALM).representation) },
  {
    name: 'snapshot', input: fc.oneof(damaged(json(snapshot)), retyped(snapshot).map(json)),
    read: (text) => {
      const { representation } = readSnapshotText(text, 'snapshot.json', REALM);
      compared(representation);
    },
  },
  { name: 'answers', input: damaged('client-mapper:auth-service/groups: restore\n"client:media-service#redirectUris": keep\nscope:x: leave\n', json({ a: 'restore', 'b#c.d': 'leave' })), read: (text) => readAnswers('answers.yaml', text) },
  {
    name: 'journal', input: damaged(firstLines, firstLines, allLines),
    read: (text) => {
      const read = verifyLines(text);
      transcriptMarkdown(read.lines);
    },
  },
  {
    name: 'lock and preferences', input: damaged(json({ v: 1, url: 'https://a', realm: REALM, session: '8f2c', host: 'x', pid: 1, since: '2026-11-20T22:58:10.000Z', bootId: null, processStart: null }), json({ recent: [{ url: 'https://a', realm: REALM, envTag: 'PROD' }] })),
    read: inDirectory(async (text, directory) => {
      writeFileSync(join(directory, 'preferences.json'), text);
      (await openPreferences(directory)).recentTargets();
      const place = { directory, url: 'https://a', realm: REALM };
      lockHolder(place);
    }),
  },
];

function inDirectory(work: (text: string, directory: string) => Promise<void>): (text: string) => Promise<void> {
  return async (text) => {
    const directory = mkdtempSync(join(tmpdir(), 'realm-rescue-fuzz-'));
    try {
      await work(text, directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };
}

interface Recorded {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** Bodies of a whole capture, one of which is another one each time. */
export async function httpBodies(): Promise<Parser> {
  const sandbox = await startSandbox();
  const calls = openAdminCalls({ url: sandbox.url, ...sandbox.admin, realm: REALM });
  await must(calls, 'POST', '/admin/realms', { ...small, enabled: true });
  const answers = new Map<string, Recorded>();
  const order: string[] = [];
  const keyOf = ({ method = 'GET', path }: { readonly method?: string; readonly path: string }) => `${method} ${path}`;
  let spoiled: { readonly key: string; readonly text: string } | null = null;
  const dispatcher = {
    request: async ({ origin, ...options }: Dispatcher.RequestOptions & { origin: string }): Promise<unknown> => {
      const key = keyOf(options);
      let answer = answers.get(key);
      if (!answer) {
        const { statusCode, headers, body } = await undiciRequest(`${origin}${options.path}`, withoutPath(options));
        answer = { statusCode, headers, text: await body.text() };
        answers.set(key, answer);
        order.push(key);
      }
      const text = spoiled?.key === key ? spoiled.text : answer.text;
      return { statusCode: answer.statusCode, headers: { ...answer.headers, 'content-length': String(Buffer.byteLength(text)) }, body: { text: () => Promise.resolve(text) } };
    },
  } as unknown as Dispatcher;
  const target = { url: sandbox.url, realm: REALM, authRealm: 'master', clientId: 'admin-cli', ...sandbox.admin, userAgent: 'test', readOnly: true, dispatcher, patience: { attempts: 1, pause: 1, silence: 1_000 } };
  const captured = async (): Promise<void> => {
    const keycloak = openKeycloak(target);
    await keycloak.connect();
    const taken = await keycloak.capture({ knownClients: ['gone'], onProgress: () => undefined });
    compareStates(readState(taken.snapshot), [live]);
  };
  await captured();
  await sandbox.close();
  const bodies = order.map((key) => ({ key, text: answers.get(key)?.text ?? '' }));
  const input = fc.constantFrom(...bodies).chain(({ key, text }) => fc.oneof(damaged(text), isJson(text) ? retyped(JSON.parse(text)).map((value) => JSON.stringify(value)) : damaged(text)).map((other) => JSON.stringify({ key, text: other })));
  return {
    name: 'HTTP bodies', input,
    read: async (chosen) => {
      spoiled = JSON.parse(chosen) as { key: string; text: string };
      await captured();
    },
  };
}

/** A request to an address has its path there. */
function withoutPath({ method, headers, body }: Dispatcher.RequestOptions): object {
  return { method, headers, body };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return text !== '';
  } catch {
    return false;
  }
}

/** Tokens that a token endpoint may give out, and keys that it may show. */
export async function tokens(): Promise<Parser> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] });
  const token = await new SignJWT({ aud: 'x', groups: ['/a'] }).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(privateKey);
  const parts = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
  const encoded = damaged(...parts.slice(0, 2)).map((text) => Buffer.from(text, 'latin1').toString('base64url'));
  const odd = fc.oneof(damaged(token), fc.tuple(encoded, encoded, fc.constant(token.split('.')[2] ?? '')).map((three) => three.join('.')), fc.tuple(fc.constant(token.split('.')[0] ?? ''), encoded).map((two) => `${two.join('.')}.x`));
  const input = fc.record({ token: fc.oneof(odd, fc.constant(token)), keys: fc.oneof(damaged(keys), retyped(JSON.parse(keys)).map((value) => JSON.stringify(value)), fc.constant(keys)) }).map((one) => JSON.stringify(one));
  return {
    name: 'tokens', input,
    read: async (text) => {
      const given = JSON.parse(text) as { token: string; keys: string };
      const body = isJson(given.keys) ? (JSON.parse(given.keys) as object) : null;
      const api = { realm: REALM, postForm: () => Promise.resolve({ status: 200, body: { access_token: given.token }, milliseconds: 1 }), getFromServer: () => Promise.resolve({ status: 200, body, milliseconds: 1 }) } as unknown as Api;
      const request: ProveRequest & { secret: string } = { client: 'x', expectations: [], probeUser: null, secret: 's', refresh: undefined, keysBefore: ['k'], sessions: [] };
      await byCredentials({ api, keys: openRealmKeys(api) }, request, '');
    },
  };
}
