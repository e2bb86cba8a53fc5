import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../src/realm/json.ts';
import { must, type AdminCalls } from '../../src/sandbox/incident/calls.ts';
import { list, object, text } from '../../src/sandbox/incident/read.ts';
import type { Damage, Family } from '../harness/rich/family.ts';
import { snapshot, type World } from './trial.ts';

/**
 * What is known of the realm as it was. snapshot: taken by the tool. full: `kc.sh export`. partial: a partial export with masked
 * secrets. stated: a file as a person writes it: no ids, and nothing about most kinds.
 */
export type Column = 'snapshot' | 'full' | 'partial' | 'stated';

export interface Known {
  readonly spec: string;
  /** Whether this evidence can bring back what a damage destroys. */
  covers(damage: Damage, family: Family): boolean;
}

/** Evidence of a realm before it is damaged. `seed` decides which kinds a hand-written file states. */
export async function evidenceOf(world: World, column: Column, seed: number): Promise<Known> {
  const name = `${column}-${seed}`;
  if (column === 'snapshot') return { spec: await snapshot(world, name), covers: () => true };
  const file = join(world.directory, `${name}.json`);
  if (column === 'full') {
    if (world.exportTo === undefined) throw new Error('a full export needs a server that this suite started');
    await world.exportTo(file);
    return { spec: `file:${file}`, covers: ({ needs }) => needs !== 'snapshot' };
  }
  const exported = await partialExport(world.calls);
  if (column === 'partial') {
    await writeFile(file, JSON.stringify(exported, null, 2), { mode: 0o600 });
    return { spec: `file:${file}`, covers: ({ needs }) => needs === undefined || needs === 'export' };
  }
  const families = world.families.filter((_, index) => (seed + index) % 2 === 0);
  await writeFile(file, JSON.stringify(handWritten(exported, families, world.families, await secretsOf(world.calls)), null, 2), { mode: 0o600 });
  return { spec: `file:${file}`, covers: ({ needs }, family) => families.includes(family) && needs === undefined };
}

async function partialExport(calls: AdminCalls): Promise<JsonObject> {
  return object(await must(calls, 'POST', '/partial-export?exportClients=true&exportGroupsAndRoles=true')) ?? {};
}

async function secretsOf(calls: AdminCalls): Promise<ReadonlyMap<string, Json>> {
  return new Map(list(await must(calls, 'GET', '/clients?max=-1')).map((client) => [text(client, 'clientId') ?? '', object(client)?.['secret'] ?? '']));
}

/** Only the fields of some families, without ids and versions; the secrets of clients as their owners know them. */
function handWritten(exported: JsonObject, families: readonly Family[], all: readonly Family[], secrets: ReadonlyMap<string, Json>): JsonObject {
  const claimed = all.flatMap((family) => (family.fields === 'others' ? [] : family.fields));
  const states = (field: string) => families.some(({ fields }) => (fields === 'others' ? !claimed.includes(field) && field !== 'keycloakVersion' : fields.includes(field)));
  const stated = Object.fromEntries(Object.entries(exported).filter(([field]) => states(field)));
  return { realm: exported['realm'] ?? '', ...(withoutIds(stated, secrets) as JsonObject) };
}

function withoutIds(value: Json, secrets: ReadonlyMap<string, Json>): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => withoutIds(item, secrets));
  const fields = object(value);
  if (fields === undefined) return value;
  const clientId = text(value, 'clientId');
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !['id', 'internalId', 'containerId'].includes(key))
    .map(([key, item]) => [key, key === 'secret' && clientId !== undefined ? secrets.get(clientId) ?? item : withoutIds(item, secrets)]));
}
