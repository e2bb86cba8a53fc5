/** A cluster with many applications: what the search for who applies a realm takes, beside a loop that reads the same lists and parses nothing. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Agent, request } from 'undici';
import { startKubernetes } from '../harness/kubernetes.ts';
import { say } from './server.ts';
import { quantity, seconds, type Row } from './table.ts';
import { median, scratch, tool, type Taken } from './tool.ts';

const APPLICATIONS = 1000;
const ROUNDS = 5;
const MEGABYTES = 150;
const PATHS = ['/apis/argoproj.io/v1alpha1/applications', '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations'];

export async function cluster(): Promise<Row[]> {
  const kubernetes = await startKubernetes({ crds: ['argo', 'flux'] });
  try {
    const namespace = await kubernetes.namespace('iam');
    await kubernetes.admin.create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: 'keycloak-realm', annotations: { 'argocd.argoproj.io/tracking-id': `${namespace}_keycloak:/ConfigMap:${namespace}/keycloak-realm` } }, data: { 'realm.json': '{"realm":"primary"}' } });
    const left = [application('keycloak', 0), ...Array.from({ length: APPLICATIONS }, (_, index) => application(`service-${index}`, 40 + (index * 7919) % 61))];
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (let next = left.shift(); next; next = left.shift()) await kubernetes.admin.create(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`, next);
    }));
    const file = kubernetes.kubeconfig('admin');
    const [bare, frozen, started]: [number[], Taken[], number[]] = [[], [], []];
    let bytes = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const read = await readBare(file);
      ({ bytes } = read);
      bare.push(read.milliseconds);
      frozen.push(await tool(['freeze', '--read-only', '--from', `configmap:${namespace}/keycloak-realm`, '--kubeconfig', file, '--session-dir', scratch], [2]));
      // What the tool takes of the same cluster without looking through it.
      started.push((await tool(['doctor', '--help'])).milliseconds);
    }
    const took = median(frozen.map(({ milliseconds }) => milliseconds)) - median(started);
    return [
      { what: `freeze, ${quantity(APPLICATIONS, '')} applications`, found: took / median(bare), bound: 3, unit: 'x', note: `${seconds(took)} without the start, two looks, against ${seconds(median(bare))} of one bare read of the same lists (${(bytes / 1e6).toFixed(1)} MB packed); medians of ${ROUNDS}` },
      { what: `memory: freeze, ${quantity(APPLICATIONS, '')} applications`, found: Math.max(...frozen.map(({ rss }) => rss)) / 1e6, bound: MEGABYTES, unit: 'MB', note: 'peak of the process' },
    ];
  } finally {
    say('the cluster goes');
    await kubernetes.stop();
  }
}

/** As large as that of a service with as many objects, after ten syncs. */
function application(name: string, objects: number): object {
  const source = { repoURL: 'https://git.example.com/platform/deployments.git', path: `clusters/production/${name}`, targetRevision: 'main', helm: { values: 'replicas: 3\nresources: {limits: {cpu: 500m, memory: 512Mi}}\n'.repeat(20) } };
  const resources = Array.from({ length: objects }, (_, index) => ({ group: 'apps', version: 'v1', kind: ['Deployment', 'StatefulSet'][index % 2], namespace: 'production', name: `${name}-component-${index}-${(index * 104_729 + name.length * 7919).toString(16)}`, status: 'Synced', health: { status: 'Healthy' } }));
  const at = { startedAt: '2026-11-28T19:00:00Z', finishedAt: '2026-11-28T19:00:10Z' };
  return {
    apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name },
    spec: { project: 'default', source, destination: { server: 'https://kubernetes.default.svc', namespace: 'production' }, syncPolicy: { automated: { prune: true, selfHeal: true } } },
    status: {
      resources, sync: { status: 'Synced', comparedTo: { source, destination: {} } },
      history: Array.from({ length: 10 }, (_, id) => ({ id, revision: (id * 7919 + 1e12).toString(16), deployStartedAt: at.startedAt, deployedAt: at.finishedAt, source })),
      operationState: { ...at, phase: 'Succeeded', operation: {}, syncResult: { revision: 'a', source, resources: resources.map(({ health: _health, ...resource }) => ({ ...resource, message: `${resource.name} unchanged` })) } },
    },
  };
}

async function readBare(file: string): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
  const { clusters: [entry], users: [user] } = parse(readFileSync(file, 'utf8')) as { clusters: [{ cluster: Readonly<Record<string, string>> }]; users: [{ user: Readonly<Record<string, string>> }] };
  const decoded = (text = '') => Buffer.from(text, 'base64');
  const dispatcher = new Agent({ connect: { ca: decoded(entry.cluster['certificate-authority-data']), cert: decoded(user.user['client-certificate-data']), key: decoded(user.user['client-key-data']) } });
  const started = performance.now();
  let bytes = 0;
  await Promise.all(PATHS.map(async (path) => {
    const { body } = await request(`${entry.cluster['server']}${path}`, { dispatcher, headers: { 'accept-encoding': 'gzip' } });
    for await (const chunk of body as AsyncIterable<Buffer>) bytes += chunk.length;
  }));
  const milliseconds = performance.now() - started;
  await dispatcher.close();
  return { milliseconds, bytes };
}
