import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addLiveOnly } from '../../src/sandbox/incident/destroy.ts';
import { realmConfigMap } from '../../src/sandbox/incident/files.ts';
import { logIn, refresh, type LoggedIn } from '../../src/sandbox/incident/login.ts';
import { staleRealm } from '../../src/sandbox/incident/loss.ts';
import { createRealm } from '../../src/sandbox/incident/stage.ts';
import type { RealmRepresentation } from '../../src/realm/representation.ts';
import { readRealm } from '../harness/independent.ts';
import { KEYCLOAK_VERSION, startKeycloak, type RealKeycloak } from '../harness/keycloak.ts';
import { runTool, sessionPlace, summaryOf } from '../harness/tool.ts';
import { git } from './story.ts';

const REALM = 'loop';
const JOB = `apiVersion: batch/v1
kind: Job
metadata:
  name: import-realm
  annotations: {argocd.argoproj.io/hook: PostSync}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: import
          image: quay.io/keycloak/keycloak:${KEYCLOAK_VERSION}
          args: ["import", "--file=/realms/realm.json"]   # after every sync
          volumeMounts:
            - {name: realms, mountPath: /realms}
`;

let keycloak: RealKeycloak;
beforeAll(async () => {
  keycloak = await startKeycloak({ database: 'postgres' });
});
afterAll(() => keycloak.stop());

/** What the Job of the repository does: its arguments and its environment as they stand there, its volume from the ConfigMap beside it. */
async function sync(repo: string, more: readonly string[] = []): Promise<string> {
  const read = async (file: string): Promise<unknown> => parse(await readFile(join(repo, file), 'utf8'));
  const job = await read('deploy/job.yaml') as { spec: { template: { spec: { containers: { args: string[]; env?: { name: string; value: string }[] }[] } } } };
  const { data } = await read('deploy/realm.yaml') as { data: Record<string, string> };
  const mounted = await mkdtemp(join(sessionPlace(), 'realms-'));
  await writeFile(join(mounted, 'realm.json'), data['realm.json'] ?? '', { mode: 0o600 });
  const [container] = job.spec.template.spec.containers;
  const words = (container?.args ?? []).map((word) => word.replace('/realms', mounted));
  await keycloak.halt();
  const log = await keycloak.command([...words, ...more], Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value])));
  await keycloak.start();
  await rm(mounted, { recursive: true });
  return log;
}

async function commitRealm(repo: string, realm: RealmRepresentation, message: string): Promise<void> {
  await writeFile(join(repo, 'deploy/realm.yaml'), realmConfigMap(realm));
  git(repo, 'add', '.');
  git(repo, 'commit', '-qm', message);
}

it('a Job of git overwrites the realm; after recovery, export and commit the same Job changes nothing', { timeout: 600_000 }, async () => {
  const calls = keycloak.calls(REALM);
  await createRealm(calls);
  const repo = sessionPlace();
  git(repo, 'init', '-q', '--initial-branch=main');
  for (const [key, value] of [['user.name', 'Kim'], ['user.email', 'kim@example.com']] as const) git(repo, 'config', key, value);
  const exported = join(sessionPlace(), 'exported.json');
  await keycloak.export(REALM, exported);
  const good = JSON.parse(await readFile(exported, 'utf8')) as RealmRepresentation;
  const deploy = join(repo, 'deploy');
  await mkdir(deploy);
  await writeFile(join(deploy, 'job.yaml'), JOB);
  await commitRealm(repo, good, 'Import the realm after every sync');
  await commitRealm(repo, staleRealm(good), 'Render the realm again');
  const tokens = await logIn(calls, 6);
  const before = await readRealm(calls);

  expect(await sync(repo)).toContain(`Realm '${REALM}' already exists. Removing it before import`);
  expect((await readRealm(calls)).plain).not.toEqual(before.plain);
  await addLiveOnly(calls);

  const sessions = sessionPlace();
  const run = await runTool(
    ['recover', '--url', keycloak.url, '--realm', REALM, '--username', keycloak.admin.username, '--evidence', 'git:deploy/realm.yaml@HEAD~1', '--lost', 'restore', '--changed', 'restore', '--live-only', 'keep',
      '--confirm', REALM, '--repo', repo, '--branch', 'recovery', '--session-dir', sessions, '--json'],
    { env: { KEYCLOAK_PASSWORD: keycloak.admin.password }, cwd: repo },
  );
  expect({ stderr: run.stderr, ...summaryOf(run) }).toMatchObject({ stderr: '', failed: 0, exit: 0 });
  const recovered = await readRealm(calls);
  const fingerprint = await fingerprintOf();
  git(repo, 'merge', '-q', '--ff-only', 'recovery');
  expect(git(repo, 'diff', '--stat', 'HEAD~1', '--name-only').trim().split('\n')).toEqual(['deploy/job.yaml', 'deploy/realm.yaml']);

  expect(await sync(repo)).toContain(`Realm '${REALM}' already exists. Import skipped`);
  expect(await fingerprintOf()).toBe(fingerprint);
  expect(await readRealm(calls)).toEqual(recovered);
  expect(await usable(tokens)).toBe(tokens.length);

  // Even a person who overwrites by hand loses nothing that the fingerprint covers: git says what the realm says.
  expect(await sync(repo, ['--override=true'])).toContain('Removing it before import');
  expect(await fingerprintOf()).toBe(fingerprint);
});

async function fingerprintOf(): Promise<string> {
  const run = await runTool(['snapshot', '--url', keycloak.url, '--realm', REALM, '--username', keycloak.admin.username, '--out', sessionPlace(), '--json'], { env: { KEYCLOAK_PASSWORD: keycloak.admin.password } });
  expect(run.exit, run.stderr).toBe(0);
  return (JSON.parse(run.stdout) as { fingerprint: string }).fingerprint;
}

async function usable(tokens: readonly LoggedIn[]): Promise<number> {
  const answers = await Promise.all(tokens.map((login) => refresh(keycloak.calls(REALM), login)));
  return answers.filter((answer) => 'access' in answer).length;
}
