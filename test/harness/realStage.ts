import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { labSecret } from '../../src/sandbox/incident/clients.ts';
import { logIn, type LoggedIn } from '../../src/sandbox/incident/login.ts';
import { staleRealm } from '../../src/sandbox/incident/loss.ts';
import { createRealm } from '../../src/sandbox/incident/stage.ts';
import { goodRealmFile } from '../../src/sandbox/incident/story.ts';
import { readRealm, type Reading } from './independent.ts';
import type { RealKeycloak } from './keycloak.ts';

/**
 * What kind of file was imported: the columns of the table in verified-keycloak.md section 1.
 * `full` a, `partial` a2, `masked` c, `hand-written` b.
 */
export type Column = 'full' | 'partial' | 'masked' | 'hand-written';

/** `running` leaves the node up during the import, so that it serves the old realm from its cache; needs PostgreSQL. */
export type Node = 'stopped' | 'running';

export interface RealStageOptions {
  readonly column: Column;
  readonly realm?: string;
  readonly logins?: number;
}

export interface ReallyStaged {
  readonly column: Column;
  readonly calls: AdminCalls;
  /** The realm before the incident. */
  readonly before: Reading;
  readonly tokens: readonly LoggedIn[];
  /** The realm of the same kind of file as it was before the loss: what evidence would say. */
  readonly evidence: RealmRepresentation;
  /** What `kc.sh import` printed. */
  readonly log: string;
}

/** Makes the realm of the story with its logins, then overwrites it by `kc.sh import` of a stale file. */
export async function stageReal(keycloak: RealKeycloak, node: Node, options: RealStageOptions): Promise<ReallyStaged> {
  const [staged] = await stageAllReal(keycloak, node, [options]);
  if (staged === undefined) throw new Error('Nothing was staged.');
  return staged;
}

/** The same for several realms of one server, which is stopped and started only once. */
export async function stageAllReal(keycloak: RealKeycloak, node: Node, all: readonly RealStageOptions[]): Promise<ReallyStaged[]> {
  const directory = await mkdtemp(join(tmpdir(), 'realm-rescue-stage-'));
  try {
    const prepared = [];
    for (const options of all) prepared.push(await prepare(keycloak, options));
    if (node === 'stopped') await keycloak.halt();
    const staged: ReallyStaged[] = [];
    for (const [index, { partial, ...good }] of prepared.entries()) {
      const evidence = partial === null ? await wholeFile(keycloak, good.calls, good.column, join(directory, `good-${index}.json`)) : partial;
      const file = join(directory, `stale-${index}.json`);
      await writeFile(file, JSON.stringify(staleRealm(evidence)), { mode: 0o600 });
      staged.push({ ...good, evidence, log: await keycloak.import(file) });
    }
    if (node === 'stopped') await keycloak.start();
    return staged;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The good realm, and what has to be read from it while the server runs. */
async function prepare(keycloak: RealKeycloak, options: RealStageOptions): Promise<Omit<ReallyStaged, 'evidence' | 'log'> & { readonly partial: RealmRepresentation | null }> {
  const calls = keycloak.calls(options.realm ?? 'primary');
  await createRealm(calls);
  const tokens = await logIn(calls, options.logins ?? 20);
  const { column } = options;
  const partial = column === 'partial' || column === 'masked' ? filled(await partialExport(calls), column) : null;
  return { calls, tokens, before: await readRealm(calls), column, partial };
}

async function wholeFile(keycloak: RealKeycloak, calls: AdminCalls, column: Column, file: string): Promise<RealmRepresentation> {
  if (column === 'hand-written') return goodRealmFile(calls, { secrets: 'real' });
  await keycloak.export(calls.realm, file);
  return JSON.parse(await readFile(file, 'utf8')) as RealmRepresentation;
}

async function partialExport(calls: AdminCalls): Promise<RealmRepresentation> {
  return await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true') as unknown as RealmRepresentation;
}

/** A partial export masks secrets; a careful person puts the real ones back, a careless one does not. */
function filled(realm: RealmRepresentation, column: Column): RealmRepresentation {
  if (column === 'masked') return realm;
  const clients = (realm.clients ?? []).map((client) => (client.secret === '**********' ? { ...client, secret: labSecret(client.clientId ?? '') } : client));
  return { ...realm, clients };
}
