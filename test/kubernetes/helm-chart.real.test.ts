// The chart of a HelmRelease that is ready to be installed is announced before the word, with HelmCharts and OCIRepositories as source-controller's schema has them.
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/realm/json.ts';
import { startKubernetes } from '../harness/kubernetes.ts';
import type { ToolRun } from '../harness/tool.ts';
import { useServer } from '../harness/use.ts';
import { eventually, openPlace, REALM, type Place } from './freeze-world.ts';
import { pathOf, playHelmRelease, type Git, type Manifest } from './scripted-controller.ts';

const kubernetes = useServer(() => startKubernetes({ crds: ['argo', 'flux', 'helm', 'helmchart'] }));

const OTHER = '{"realm":"primary","displayName":"merged"}';

interface Stage {
  readonly place: Place;
  readonly git: Git;
  /** What source-controller does when it has made an artifact of a chart. */
  chart(version: string): Promise<void>;
  rendered(text?: string): Manifest;
  thaw(): Promise<ToolRun>;
  versions(): Promise<readonly unknown[]>;
  suspended(): Promise<unknown>;
}

const URL_OF_CHART = 'oci://ghcr.io/acme/charts/keycloak';

/** A release of chart 24.4.1 that is frozen. */
async function staged(work: (stage: Stage) => Promise<void>, from: 'HelmChart' | 'OCIRepository' = 'HelmChart'): Promise<void> {
  const place = await openPlace(kubernetes());
  const { namespace } = place;
  const spec = { chart: 'keycloak', version: '24.x', sourceRef: { kind: 'HelmRepository', name: 'bitnami' } };
  const isOci = from === 'OCIRepository';
  // The API server takes what is null for what was left out.
  const release = place.helmRelease('keycloak', {}, isOci ? { chart: null, chartRef: { kind: from, name: 'charts' } } : { chart: { spec } });
  const made: Manifest = isOci ? { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: from, metadata: { name: 'charts', namespace }, spec: { url: URL_OF_CHART, interval: '10m', ref: { semver: '24.x' } } } : { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmChart', metadata: { name: `${namespace}-keycloak`, namespace }, spec: { ...spec, interval: '10m' } };
  const rendered = (text = REALM): Manifest => place.map({ labels: { 'helm.toolkit.fluxcd.io/name': 'keycloak', 'helm.toolkit.fluxcd.io/namespace': namespace } }, text);
  const first = isOci ? named('24.4.1') : '24.4.1';
  const git: Git = { revision: first, objects: [rendered()] };
  const status = async (): Promise<JsonObject> => (await place.get(release)).status ?? {};
  const stage: Stage = {
    place, git, rendered,
    chart: async (version) => {
      const { metadata: { generation = 1 } } = await place.get(made);
      await kubernetes().admin.merge(`${pathOf(made)}/status`, { status: { observedGeneration: generation, ...(isOci ? {} : { observedChartName: 'keycloak' }), artifact: { path: 'x.tgz', url: 'http://source/x.tgz', revision: isOci ? `${version}@sha256:${digestOf(version)}` : version, digest: `sha256:${'0'.repeat(64)}`, lastUpdateTime: '2026-11-20T22:00:00Z' } } });
    },
    thaw: () => place.tool(['thaw', '--from', place.from, '--confirm', 'keycloak']),
    versions: async () => ((await status())['history'] as readonly { readonly version: number }[]).map(({ version }) => version),
    suspended: async () => (await place.get(release)).spec?.['suspend'],
  };
  await place.create(made, release);
  await stage.chart('24.4.1');
  await kubernetes().admin.merge(`${pathOf(release)}/status`, { status: isOci ? { lastAttemptedRevisionDigest: `sha256:${digestOf('24.4.1')}` } : { helmChart: `${namespace}/${namespace}-keycloak` } });
  const controller = playHelmRelease(kubernetes().admin, pathOf(release), git);
  try {
    await eventually(async () => expect(await status()).toMatchObject({ lastAttemptedRevision: first }));
    const freeze = await place.tool(['freeze', '--from', place.from, '--confirm', 'keycloak']);
    expect(freeze.exit, freeze.stderr).toBe(0);
    await work(stage);
  } finally {
    await controller.stop();
  }
}

const digestOf = (version: string): string => createHash('sha256').update(version).digest('hex');
/** As a release names a chart that came from a registry. */
const named = (version: string): string => `${version}+${digestOf(version).slice(0, 12)}`;

it('a newer chart is shown before the word, lands, and is no surprise', () => staged(async ({ git, chart, rendered, thaw, versions, suspended }) => {
  Object.assign(git, { revision: '24.4.2', objects: [rendered(OTHER)] });
  await chart('24.4.2');
  const run = await thaw();
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stderr).toMatch(/\/keycloak: the next sync brings chart keycloak 24\.4\.1 → 24\.4\.2\.$/m);
  expect([await versions(), await suspended()]).toEqual([[2, 1], undefined]);
}));

it('another one than was shown is one: suspended again', () => staged(async ({ git, chart, rendered, thaw, versions, suspended }) => {
  Object.assign(git, { revision: '24.4.3', objects: [rendered(OTHER)] });
  await chart('24.4.2');
  const run = await thaw();
  expect(run.exit, run.stderr).toBe(4);
  expect([await versions(), await suspended()]).toEqual([[2, 1], true]);
}));

it('other values of the same chart cannot be told beforehand, and are one', () => staged(async ({ git, rendered, thaw, versions, suspended }) => {
  Object.assign(git, { objects: [rendered(OTHER)] });
  const run = await thaw();
  expect(run.exit, run.stderr).toBe(4);
  expect(run.stderr).toMatch(/\/keycloak: the next sync may bring changes\.$/m);
  expect([await versions(), await suspended()]).toEqual([[2, 1], true]);
}));

it('a chart that comes between what was shown and the word lets nothing run', () => staged(async ({ place, git, chart, rendered, versions, suspended }) => {
  Object.assign(git, { revision: '24.4.3', objects: [rendered(OTHER)] });
  await chart('24.4.2');
  const run = await place.held(['thaw', '--from', place.from, '--confirm', 'keycloak'], /"type":"thaw\.begun"/, () => chart('24.4.3'));
  expect(run.exit, run.stderr).toBe(5);
  expect(run.stderr).toContain('git differs in more than was shown: chart keycloak 24.4.1 → 24.4.3');
  expect([await versions(), await suspended()]).toEqual([[1], true]);
}));

it('a newer chart from a registry is shown as the release will name it, lands, and is no surprise', () => staged(async ({ git, chart, rendered, thaw, versions, suspended }) => {
  Object.assign(git, { revision: named('24.4.2'), objects: [rendered(OTHER)] });
  await chart('24.4.2');
  const run = await thaw();
  expect(run.exit, run.stderr).toBe(0);
  expect(run.stderr).toContain(`/keycloak: the next sync brings chart keycloak ${named('24.4.1')} → ${named('24.4.2')}.\n`);
  expect([await versions(), await suspended()]).toEqual([[2, 1], undefined]);
}, 'OCIRepository'));

it('another one from a registry than was shown is one: suspended again', () => staged(async ({ git, chart, rendered, thaw, versions, suspended }) => {
  Object.assign(git, { revision: named('24.4.3'), objects: [rendered(OTHER)] });
  await chart('24.4.2');
  const run = await thaw();
  expect(run.exit, run.stderr).toBe(4);
  expect([await versions(), await suspended()]).toEqual([[2, 1], true]);
}, 'OCIRepository'));
