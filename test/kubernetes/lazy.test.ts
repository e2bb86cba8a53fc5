import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';
import { scratch } from '../gitops/story.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Reads evidence in a process of its own: what became of it, and what of Kubernetes was loaded for it. */
function reading(spec: string, cwd: string): { readonly outcome: string; readonly loaded: readonly string[] } {
  const script = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ resolve: (specifier, context, next) => { const found = next(specifier, context); loaded.push(found.url); return found; } });
    const { lazyClusterEvidence, lazyEvidence } = await import(${JSON.stringify(`${root}src/commands/lazy.ts`)});
    const target = { url: 'http://127.0.0.1:9', realm: 'primary', authRealm: 'master', clientId: 'admin-cli', readOnly: true, userAgent: 'test' };
    const evidence = lazyEvidence(${JSON.stringify(cwd)}, target, new Map(), lazyClusterEvidence({ flags: {}, environment: { KUBECONFIG: '/nowhere/config' } }));
    const outcome = await evidence.read(${JSON.stringify(spec)}, 'primary').then(({ source }) => source, ({ message }) => message);
    console.log(JSON.stringify({ outcome, loaded: loaded.filter((url) => /src.kubernetes|client-node/.test(url)) }));
  `;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) as ReturnType<typeof reading>;
}

test('nothing of Kubernetes is loaded until a spec lies in a cluster, which is then the one of KUBECONFIG', () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'realm.json'), '{"realm":"primary","enabled":true,"clients":[]}');
  expect(reading('realm.json', cwd)).toEqual({ outcome: 'file:realm.json', loaded: [] });
  const { outcome, loaded } = reading('configmap:iam/realm', cwd);
  expect(outcome).toBe('KUBECONFIG names /nowhere/config, which is not there.');
  expect(loaded.some((url) => url.includes('client-node'))).toBe(true);
});

test('every command that takes evidence takes the cluster that it may lie in', () => {
  for (const [name, { options }] of Object.entries(COMMANDS)) {
    if (options.includes('evidence')) expect(options, name).toEqual(expect.arrayContaining(['kubeconfig', 'context', 'namespace']));
  }
});

/** The files of the built tool that a run of it loads. */
function loadedBy(args: readonly string[]): readonly string[] {
  const place = scratch();
  const hook = join(place, 'hook.mjs');
  const list = join(place, 'loaded.txt');
  writeFileSync(hook, `import { registerHooks } from 'node:module'; import { appendFileSync } from 'node:fs';
    registerHooks({ resolve: (specifier, context, next) => { const found = next(specifier, context); appendFileSync(${JSON.stringify(list)}, found.url + '\\n'); return found; } });`);
  execFileSync(process.execPath, ['--import', hook, `${root}dist/realm-rescue.js`, ...args], { encoding: 'utf8', stdio: 'pipe', env: { PATH: process.env['PATH'] ?? '', HOME: place } });
  return readFileSync(list, 'utf8').split('\n').filter((url) => url.includes('/dist/')).map((url) => fileURLToPath(url));
}

test('a whole recovery without a cluster loads nothing of Kubernetes, and help even less', () => {
  const chunks = readdirSync(`${root}dist/chunks`).map((name) => `${root}dist/chunks/${name}`);
  const kubernetes = chunks.filter((file) => readFileSync(file, 'utf8').includes('kubernetes-client-javascript'));
  expect(kubernetes).toHaveLength(1);
  expect(loadedBy(['freeze', '--help'])).not.toContain(kubernetes[0]);
  const demo = loadedBy(['demo', '--no-input', '--session-dir', scratch()]);
  expect(demo.length).toBeGreaterThan(5);
  expect(demo).not.toContain(kubernetes[0]);
});
