// Evidence in git that cannot be read. Beside the other real things, because npm test runs on a machine without git.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runTool, sessionPlace } from '../harness/tool.ts';
import { expectRefusal, recordedIn } from './refusal.ts';

const directory = sessionPlace();
const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=Kim', '-c', 'user.email=kim@example.com', ...args], { cwd: join(directory, 'repo'), stdio: 'ignore' });
for (const folder of ['repo', 'folder']) mkdirSync(join(directory, folder));
git('init', '-q');
writeFileSync(join(directory, 'repo', 'realm.json'), '{"realm": "primary", "clients": [}');
git('add', '-A');
git('commit', '-q', '-m', 'A broken file');

const CASES: readonly (readonly [string, RegExp, RegExp])[] = [
  ['repo/realm.json@HEAD', /broken at line 1, column 34/, /Correct the file/],
  ['repo/realm.json@v9', /has no revision "v9"/, /git log/],
  ['repo/other.json@HEAD', /other\.json does not exist in revision HEAD/, /git log --all/],
  ['folder/realm.json@HEAD', /does not lie in a git working tree/, /file:PATH/],
];
it.each(CASES)('git:%s', async (spec, says, next) => {
  const sessions = join(sessionPlace(), 'sessions');
  const tried = await runTool(['recover', '--url', 'http://127.0.0.1:9', '--realm', 'primary', '--username', 'admin', '--evidence', `git:${join(directory, spec)}`, '--session-dir', sessions, '--json'], { env: { KEYCLOAK_PASSWORD: 'admin' } });
  expectRefusal(tried, { exit: 64, says, next });
  expect(recordedIn(sessions)).toEqual({ runs: [], others: [] });
});

it('says that git is missing where it is', async () => {
  const tried = await runTool(['recover', '--url', 'http://127.0.0.1:9', '--realm', 'primary', '--username', 'admin', '--evidence', `git:${join(directory, 'repo/realm.json')}@HEAD`, '--json'], { env: { KEYCLOAK_PASSWORD: 'admin', PATH: directory } });
  expectRefusal(tried, { exit: 64, says: /git/, next: /Install git/ });
});
