// What a login plugin is told of the cluster, beside what kubectl tells the same plugin. No server is needed for that.
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openConfig } from '../../src/kubernetes/config.ts';
import { credentialsOf } from '../../src/kubernetes/credentials.ts';
import { failure } from '../harness/failure.ts';
import { sessionPlace } from '../harness/tool.ts';
import { at, EXPIRED, kubeconfig } from './kubeconfigs.ts';

const run = promisify(execFile);

/** The plugin notes what it is told, and fails: nobody goes on to the server. */
function asked(cluster: object, exec: object = {}): { readonly file: string; readonly told: () => unknown } {
  const directory = sessionPlace();
  const [command, note] = [join(directory, 'login.sh'), join(directory, 'told')];
  writeFileSync(command, `#!/bin/sh\nprintf %s "$KUBERNETES_EXEC_INFO" > '${note}'\nexit 1\n`);
  chmodSync(command, 0o755);
  writeFileSync(join(directory, 'ca.pem'), EXPIRED);
  const file = kubeconfig({ current: 'prod', clusters: { prod: { server: 'https://k8s.example.com', ...cluster } }, users: { oncall: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never', provideClusterInfo: true, ...exec } } } }, join(directory, 'config'));
  return {
    file,
    told: () => {
      const text = readFileSync(note, 'utf8');
      rmSync(note);
      return JSON.parse(text) as unknown;
    },
  };
}

async function toldByKubectl({ file, told }: ReturnType<typeof asked>): Promise<unknown> {
  const error = await run('kubectl', ['--kubeconfig', file, 'get', '--raw', '/'], { env: { PATH: process.env['PATH'] ?? '' } }).then(() => null, (thrown: unknown) => thrown as { readonly code?: unknown });
  if (error?.code === 'ENOENT') throw new Error('kubectl is not installed, and what we tell a plugin is held against what it tells. On Debian: apt-get install kubernetes-client');
  return told();
}

const elsewhere = { name: 'elsewhere.example.com', extension: { audience: 'of another' } };
test.each<[string, object, object?]>([
  ['nothing but an address', {}],
  ['an address with a path and a slash at its end', { server: 'https://k8s.example.com:6443/clusters/c-1/' }],
  ['an authority in a file', { 'certificate-authority': 'ca.pem' }],
  ['an authority in the kubeconfig', { 'certificate-authority-data': Buffer.from(EXPIRED).toString('base64') }],
  ['all that there is', { 'certificate-authority': 'ca.pem', 'tls-server-name': 'k8s.internal', 'proxy-url': 'http://127.0.0.1:9', 'disable-compression': true, 'extensions': [elsewhere, { name: 'client.authentication.k8s.io/exec', extension: { audience: 'prod', list: [1, { a: null }] } }] }],
  ['something for plugins that is a text', { extensions: [{ name: 'client.authentication.k8s.io/exec', extension: 'prod' }] }],
  ['something for others alone', { extensions: [elsewhere] }],
  ['no check of the certificate', { 'insecure-skip-tls-verify': true }],
  ['an older plugin', {}, { apiVersion: 'client.authentication.k8s.io/v1beta1' }],
  ['nobody who asks', { 'tls-server-name': 'k8s.internal' }, { provideClusterInfo: false }],
])('%s: the same as by kubectl', async (_name, cluster, exec) => {
  const world = asked(cluster, exec);
  const expected = await toldByKubectl(world);
  expect((await failure(credentialsOf(openConfig(at(world.file))))).code).toBe('refused-login');
  expect(world.told()).toEqual(expected);
});

test('an authority whose file is gone is named, and the plugin is not started', async () => {
  const world = asked({ 'certificate-authority': 'gone.pem' });
  expect(await failure(credentialsOf(openConfig(at(world.file))))).toMatchObject({ code: 'kubeconfig', message: expect.stringMatching(/gone\.pem of cluster "prod" cannot be read\.$/) });
  expect(world.told).toThrow('ENOENT');
});
