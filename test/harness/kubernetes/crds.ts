import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../../../src/realm/json.ts';
import { cached } from '../cache.ts';
import type { KubernetesCalls } from './client.ts';
import { goModule } from './go.ts';
import { APPLICATION_SET, EPAM, HELM, KEYCLOAK, LEGACY, MAKERS, stubOf, VRIESDEMICHAEL, type Stub } from './stubs.ts';

interface Origin {
  readonly module: string;
  readonly version: string;
  readonly files: readonly string[];
}

const ARGO = 'manifests/crds/application-crd.yaml';
const PROJECT = 'manifests/crds/appproject-crd.yaml';

/** CRDs as their projects publish them, all under Apache-2.0; they come out of Go modules and are not copied here. */
const PUBLISHED = {
  'argo': [{ module: 'github.com/argoproj/argo-cd/v3', version: '3.5.1', files: [ARGO, PROJECT] }],
  /** The last Application without `automated.enabled`. */
  'argo-2.14': [{ module: 'github.com/argoproj/argo-cd/v2', version: '2.14.21', files: [ARGO, PROJECT] }],
  /** Costs seconds and 150 MB of the server. */
  'applicationset-full': [{ module: 'github.com/argoproj/argo-cd/v3', version: '3.5.1', files: ['manifests/crds/applicationset-crd.yaml'] }],
  'flux': [
    { module: 'github.com/fluxcd/kustomize-controller', version: '1.9.5', files: ['kustomizations'].map((name) => `config/crd/bases/kustomize.toolkit.fluxcd.io_${name}.yaml`) },
    { module: 'github.com/fluxcd/source-controller', version: '1.9.6', files: ['gitrepositories', 'buckets', 'ocirepositories', 'externalartifacts'].map((name) => `config/crd/bases/source.toolkit.fluxcd.io_${name}.yaml`) },
  ],
  'helmchart': [{ module: 'github.com/fluxcd/source-controller', version: '1.9.6', files: ['config/crd/bases/source.toolkit.fluxcd.io_helmcharts.yaml'] }],
} as const satisfies Readonly<Record<string, readonly Origin[]>>;

const STUBBED = {
  'applicationset': [APPLICATION_SET],
  'helm': HELM,
  'keycloak': KEYCLOAK,
  'epam': EPAM,
  'vriesdemichael': VRIESDEMICHAEL,
  'legacy': LEGACY,
  'makers': MAKERS,
} as const satisfies Readonly<Record<string, readonly Stub[]>>;

/** Kinds that come together. Of `argo` and `argo-2.14`, and of `applicationset` and `applicationset-full`, a server takes one. */
export type CrdSet = keyof typeof PUBLISHED | keyof typeof STUBBED;

/** Gives the CRDs of a set. The published ones are downloaded the first time. */
export async function crdsOf(set: CrdSet): Promise<readonly JsonObject[]> {
  if (set in STUBBED) return STUBBED[set as keyof typeof STUBBED].map(stubOf);
  const origins: readonly Origin[] = PUBLISHED[set as keyof typeof PUBLISHED];
  const directory = await cached(`crds-${set}-${origins.map(({ version }) => version).join('-')}`, async (directory) => {
    const all = await Promise.all(origins.map(read));
    await writeFile(join(directory, 'crds.json'), JSON.stringify(all.flat()));
  });
  return JSON.parse(await readFile(join(directory, 'crds.json'), 'utf8')) as JsonObject[];
}

/** Makes the kinds known to a server, and waits until it serves them. */
export async function install(admin: KubernetesCalls, sets: readonly CrdSet[]): Promise<void> {
  const crds = (await Promise.all(sets.map(crdsOf))).flat() as unknown as readonly Definition[];
  for (const crd of crds) await admin.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
  const end = Date.now() + 60_000;
  for (const { spec: { group, names, versions } } of crds) {
    for (const { name } of versions.filter(({ served }) => served)) {
      // First nobody knows the path, then its storage is still being set up: 429.
      while (await admin.get(`/apis/${group}/${name}/${names.plural}`).catch(() => null) === null) {
        if (Date.now() > end) throw new Error(`The server does not serve ${names.plural}.${group}.`);
        await delay(20);
      }
    }
  }
}

interface Definition {
  readonly spec: { readonly group: string; readonly names: { readonly plural: string }; readonly versions: readonly { readonly name: string; readonly served: boolean }[] };
}

async function read({ module, version, files }: Origin): Promise<readonly Json[]> {
  const directory = await goModule(module, version);
  return Promise.all(files.map(async (file) => withoutDescriptions(parse(await readFile(join(directory, file), 'utf8')) as Json)));
}

/** Half of the text that the server would have to read at each start. A field with that name is an object and stays. */
function withoutDescriptions(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutDescriptions);
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => key === 'description' && typeof item === 'string' ? [] : [[key, withoutDescriptions(item)]]));
}
