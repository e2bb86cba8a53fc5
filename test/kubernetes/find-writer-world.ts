/** What the tests of finding a writer make and ask for, over a place of freeze-world. */
import { expect } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import type { ToolRun } from '../harness/tool.ts';
import { off, type Place } from './freeze-world.ts';
import type { Manifest } from './scripted-controller.ts';

export const TRACKING = 'argocd.argoproj.io/tracking-id';

export type There = Manifest & { readonly status?: JsonObject };

export function isDone(run: ToolRun): void {
  expect(run, run.stderr).toMatchObject({ exit: 0, signal: null });
}

/** An object that says that `keycloak` of its namespace applies it. */
export function tracked({ namespace }: Place, apiVersion: string, kind: string, name: string, spec: JsonObject, application = 'keycloak'): Manifest {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] ?? '' : '';
  return { apiVersion, kind, metadata: { name, namespace, annotations: { [TRACKING]: `${namespace}_${application}:${group}/${kind}:${namespace}/${name}` } }, spec };
}

export const bare = ({ namespace }: Place, apiVersion: string, kind: string, name: string, spec: JsonObject, metadata: Partial<Manifest['metadata']> = {}): Manifest => ({ apiVersion, kind, metadata: { ...metadata, name, namespace }, spec });
export const pod = (container: JsonObject, rest: JsonObject = {}): JsonObject => ({ template: { spec: { restartPolicy: 'Never', containers: [{ name: 'import', image: 'registry.example.com/tools/import:1', ...container }], ...rest } } });
export const mounted: JsonObject = { volumes: [{ name: 'realm', configMap: { name: 'keycloak-realm' } }] };
export const ownedBy = async (place: Place, maker: Manifest): Promise<readonly JsonObject[]> => [{ apiVersion: maker.apiVersion, kind: maker.kind, name: maker.metadata.name, uid: (await place.get(maker)).metadata.uid, controller: true }];
export const freeze = (from: string, ...more: readonly string[]): readonly string[] => ['freeze', '--from', from, '--confirm', 'keycloak', ...more];
export const listing = (place: Place, group: string, kind: string, name: string): JsonObject => ({ resources: [{ ...(group === '' ? {} : { group }), version: 'v1', kind, namespace: place.namespace, name, status: 'Synced' }] });

export interface Told {
  readonly sight: { readonly source: string; readonly notes: readonly string[]; readonly risks: readonly { readonly setting: string; readonly because: string }[]; readonly objects: readonly { readonly resource: { readonly kind: string }; readonly name: string }[]; readonly role: string | null };
}
export const sightOf = (run: ToolRun): Told['sight'] => (JSON.parse(run.stdout) as Told).sight;

/** Frozen and thawed: the controller is paused in between, and afterwards as it was. */
export async function isPausedFrom(place: Place, from: string, controller: Manifest): Promise<Told['sight']> {
  const before = (await place.get(controller)).spec;
  const run = await place.tool(freeze(from, '--json'));
  isDone(run);
  const frozen = (await place.get(controller)).spec;
  expect(frozen).toEqual({ ...before, ...(controller.kind === 'Application' ? { syncPolicy: off() } : { suspend: true }) });
  const [id = ''] = place.records();
  isDone(await place.tool(['thaw', id, '--confirm', 'keycloak', '--no-watch']));
  expect((await place.get(controller)).spec).toEqual(before);
  return sightOf(run);
}
