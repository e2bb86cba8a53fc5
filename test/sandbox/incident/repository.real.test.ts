import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { staleRealm } from '../../../src/sandbox/incident/loss.ts';
import { REPOSITORY_FILES, writeRepository, type Repository } from '../../../src/sandbox/incident/repository.ts';
import { goodRealmFile } from '../../../src/sandbox/incident/story.ts';

const base = mkdtempSync(join(tmpdir(), 'realm-rescue-repository-'));
const realm = goodRealmFile({ realm: 'primary' });
let repository: Repository;

beforeAll(async () => { repository = await writeRepository(join(base, 'one'), realm); });
afterAll(() => { rmSync(base, { recursive: true, force: true }); });

const show = (revision: string, path: string): string => execFileSync('git', ['show', `${revision}:${path}`], { cwd: repository.directory, encoding: 'utf8' });

describe('the repository of the story', () => {
  it('has the good realm at HEAD and the stale one before it', () => {
    expect(JSON.parse(show('HEAD', REPOSITORY_FILES.realm))).toEqual(realm);
    expect(JSON.parse(show(repository.commits.stale, REPOSITORY_FILES.realm))).toEqual(staleRealm(realm));
  });

  it('holds the same realm in the ConfigMap', () => {
    const map = parse(readFileSync(join(repository.directory, REPOSITORY_FILES.configMap), 'utf8')) as { data: Record<string, string> };
    expect(JSON.parse(map.data['realm.json'] ?? '')).toEqual(realm);
  });

  it('can leave the ConfigMap stale', async () => {
    const other = await writeRepository(join(base, 'stale'), realm, { configMap: 'stale' });
    const map = parse(readFileSync(join(other.directory, REPOSITORY_FILES.configMap), 'utf8')) as { data: Record<string, string> };
    expect(JSON.parse(map.data['realm.json'] ?? '')).toEqual(staleRealm(realm));
  });

  it('sets the strategy in all spellings of the story, one of them really destructive', () => {
    const values = parse(readFileSync(join(repository.directory, REPOSITORY_FILES.values), 'utf8')) as { extraEnv: string };
    const env = new Map((parse(values.extraEnv) as { name: string; value: string }[]).map((entry) => [entry.name, entry.value]));
    expect(env.get('KEYCLOAK_IMPORT_STRATEGY')).toBe('OVERWRITE_EXISTING');
    expect(env.get('KC_SPI_IMPORT_SINGLE_FILE_STRATEGY')).toBe('OVERWRITE_EXISTING');
    expect(env.get('JAVA_OPTS_APPEND')).toMatch(/^-XX:MaxRAMPercentage=70 -Dkeycloak\.migration\.action=import /);
    const custom = parse(readFileSync(join(repository.directory, REPOSITORY_FILES.operator), 'utf8')) as { spec: { realmImport: { strategy: string } } };
    expect(custom.spec.realmImport.strategy).toBe('OVERWRITE_EXISTING');
  });

  it('is the same commit for commit in every run', async () => {
    const again = await writeRepository(join(base, 'two'), realm);
    expect(again.commits).toEqual(repository.commits);
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: again.directory, encoding: 'utf8' })).toBe('');
  });
});
