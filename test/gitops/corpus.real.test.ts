/** The corpus as a repository: what `lint --fix` writes is a patch that git applies, and another parser sees nothing but what was meant. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runTool, sessionPlace } from '../harness/tool.ts';
import { corpusFiles } from './corpus.ts';

const INDEPENDENT = fileURLToPath(new URL('./independent.py', import.meta.url));
/** What a fix may put into a value, or change a word of it into. */
const MEANT = /\s*(?:--override(?:[= ]"?(?:false|true|\$\{[^}]*\}))?|-Dkeycloak\.migration\.strategy=(?:IGNORE|OVERWRITE)_EXISTING|IGNORE_EXISTING|OVERWRITE_EXISTING|OVERWRITE|SKIP|no-delete|full|false|true|continue|fail|name: IMPORT_BEHAVIORS_CHECKSUM_CHANGED|value: fail)/gi;

it('is patched file by file, and differs only where intended', async () => {
  const files = corpusFiles().filter(({ fixable }) => fixable === true);
  expect(files.length).toBeGreaterThan(60);
  const [repository, before] = [sessionPlace(), sessionPlace()];
  const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', '-c', 'core.autocrlf=false', ...args], { cwd: repository, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  git('init', '-q');
  for (const { path, text } of files) {
    for (const top of [repository, before]) {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      writeFileSync(join(top, path), text);
    }
  }
  git('add', '-fA');
  git('commit', '-qm', 'as it was');
  expect((await runTool(['lint'], { cwd: repository })).exit).toBe(2);
  const fixed = await runTool(['lint', '--fix'], { cwd: repository });
  expect(fixed.exit, fixed.stdout).toBe(0);
  const patch = git('diff', '--binary');
  const written = sessionPlace();
  cpSync(repository, written, { recursive: true });
  git('checkout', '-q', '.');
  writeFileSync(join(repository, '.git', 'fix.patch'), patch);
  git('apply', '--whitespace=nowarn', '.git/fix.patch');
  for (const { path } of files) expect(readFileSync(join(repository, path), 'utf8'), path).toBe(readFileSync(join(written, path), 'utf8'));

  const found = JSON.parse(execFileSync('python3', [INDEPENDENT, before, repository], { input: files.map(({ path }) => path).join('\n'), encoding: 'utf8' })) as Record<string, [string, unknown, unknown][]>;
  for (const [path, differences] of Object.entries(found)) {
    expect(differences.length, path).toBeGreaterThan(0);
    for (const [place, old, fresh] of differences) {
      const bare = (value: unknown): string => JSON.stringify(value ?? '').replace(MEANT, '').replace(/\\n|[\s\-"',\\]/g, '');
      const added = old === null && /^"|IMPORT_BEHAVIORS_CHECKSUM_CHANGED/.test(JSON.stringify(fresh));
      expect(added || bare(old) === bare(fresh), `${path} ${place}: ${JSON.stringify(old)} became ${JSON.stringify(fresh)}`).toBe(true);
    }
  }
});
