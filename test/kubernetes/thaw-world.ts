/** A ConfigMap that a controller keeps as git has it, frozen: what each test of a thaw begins with. */
import { expect } from 'vitest';
import type { RealKubernetes } from '../harness/kubernetes.ts';
import type { ToolRun } from '../harness/tool.ts';
import { beside, eventually, markOf, openPlace, V1, type Place } from './freeze-world.ts';
import { pathOf, playArgo, type Controller, type Git, type Manifest } from './scripted-controller.ts';

/** What git has after `V1`. */
export const V2 = 'b77e90a1c2d3e4f5061728394a5b6c7d8e9f0a1b';
export const OTHER = '{"realm":"primary","clients":[]}';

/** The journal line after which the writer runs again. */
export const RESUMED = /"type":"patch\.sent","id":"resume /;

/** As `thaw --json` prints it. */
interface Thawed {
  readonly session: string;
  readonly levels: readonly { readonly level: string; readonly noOp: boolean | null; readonly because: string }[];
  readonly changes: readonly string[];
  readonly ok: boolean;
}

/** What a person is told and what a script reads are of the same run where it goes wrong; so it is read as JSON. */
export const told = ({ stdout }: ToolRun): Thawed => JSON.parse(stdout) as Thawed;
export const noOps = (run: ToolRun): Readonly<Record<string, boolean | null>> => Object.fromEntries(told(run).levels.map(({ level, noOp }) => [level, noOp]));
export const thawing = (place: Place, ...more: readonly string[]): readonly string[] => ['thaw', place.records()[0] ?? '', '--confirm', 'keycloak', '--json', ...more];
export const textOf = async (place: Place): Promise<string | undefined> => (await place.get(place.map())).data?.['realm.json'];
export const isMarked = async (place: Place, manifest: Manifest): Promise<boolean> => (await markOf(place, manifest)) !== undefined;

export async function freeze(place: Place, from = place.from): Promise<void> {
  const run = await place.tool(['freeze', '--from', from, '--confirm', 'keycloak']);
  expect(run.exit, run.stderr).toBe(0);
}

export interface Staged {
  readonly place: Place;
  readonly git: Git;
  readonly controller: Controller;
}

interface How {
  /** What the freeze is told to look at; the ConfigMap where left out. */
  readonly from?: (place: Place) => string;
  /** Makes what the controller keeps, and starts it; Argo CD with one application where left out. */
  readonly play?: (kubernetes: RealKubernetes, place: Place, git: Git) => Promise<Controller>;
  readonly objects?: (place: Place) => readonly Manifest[];
}

/** Has a controller run beside the work, for as long as that takes. */
export async function staged(kubernetes: RealKubernetes, work: (staged: Staged) => Promise<void>, { from, play = playApplication, objects }: How = {}): Promise<void> {
  const place = await openPlace(kubernetes);
  const git: Git = { revision: V1, objects: objects?.(place) ?? [place.tracked()] };
  const controller = await play(kubernetes, place, git);
  await beside([controller], async () => {
    await eventually(async () => expect(await kubernetes.admin.get(pathOf(place.map()))).not.toBeNull());
    await eventually(async () => expect(await settled(kubernetes, place)).toBe(true));
    await freeze(place, from?.(place));
    await work({ place, git, controller });
  });
}

/** Whether the first sync is over. */
async function settled({ admin }: RealKubernetes, place: Place): Promise<boolean> {
  const status = (await Promise.all([place.application(), place.kustomization(), place.helmRelease()].map((manifest) => admin.get(pathOf(manifest))))).find((found) => found !== null)?.status;
  return (status?.['operationState'] as { phase?: string } | undefined)?.phase === 'Succeeded' || Array.isArray(status?.['conditions']);
}

export async function playApplication({ admin }: RealKubernetes, place: Place, git: Git): Promise<Controller> {
  await place.create(place.project(), place.application());
  return playArgo(admin, pathOf(place.application()), git);
}
