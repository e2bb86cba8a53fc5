import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { openPreferences } from '../../src/journal/preferences.ts';
import { inTemporary } from './helpers.ts';

const target = { url: 'https://keycloak.example.com', realm: 'primary', envTag: 'PROD' };

describe('preferences', () => {
  it('remember the last ten targets, the latest first, readable by the owner only', () =>
    inTemporary(async (directory) => {
      const preferences = await openPreferences(directory);
      expect(preferences.recentTargets()).toEqual([]);
      expect(readdirSync(directory)).toEqual([]);
      for (let n = 0; n < 12; n += 1) expect(preferences.remember({ ...target, realm: `r${n}` })).toBe(true);
      preferences.remember({ ...target, realm: 'r5' });
      expect((await openPreferences(directory)).recentTargets().map((recent) => recent.realm)).toEqual(['r5', 'r11', 'r10', 'r9', 'r8', 'r7', 'r6', 'r4', 'r3', 'r2']);
      expect(statSync(join(directory, 'preferences.json')).mode & 0o777).toBe(0o600);
    }));

  it('lie in a directory that nobody else may write to, whatever the umask', () =>
    inTemporary(async (directory) => {
      // A worker of vitest may not set its umask.
      const child = join(directory, 'child.mjs');
      const place = join(directory, 'config', 'realm-rescue');
      buildSync({ stdin: { contents: `import { openPreferences } from './src/journal/preferences.ts'; process.umask(0); (await openPreferences(${JSON.stringify(place)})).remember(${JSON.stringify(target)});`, resolveDir: join(import.meta.dirname, '..', '..'), loader: 'ts' }, outfile: child, bundle: true, platform: 'node', format: 'esm', target: 'node22', logLevel: 'silent' });
      execFileSync(process.execPath, [child]);
      expect(statSync(place).mode & 0o777).toBe(0o700);
      expect(statSync(join(place, 'preferences.json')).mode & 0o777).toBe(0o600);
      expect(readdirSync(place)).toEqual(['preferences.json']);
    }));

  it('keep no secret that came with a URL or beside it', () =>
    inTemporary(async (directory) => {
      const preferences = await openPreferences(directory);
      preferences.remember({ ...target, url: 'https://admin:hunter2@keycloak.example.com/auth/', password: 'hunter2' } as typeof target);
      expect(preferences.recentTargets()).toEqual([{ ...target, url: 'https://keycloak.example.com/auth' }]);
      expect(readFileSync(join(directory, 'preferences.json'), 'utf8')).not.toContain('hunter2');
    }));

  it('count as empty when their file makes no sense, and work again afterwards', () =>
    inTemporary(async (directory) => {
      for (const content of ['{broken', '', '[1]', 'null', '{"recent":"x"}', '{"recent":[null,{"url":1}]}']) {
        writeFileSync(join(directory, 'preferences.json'), content);
        const preferences = await openPreferences(directory);
        expect(preferences.recentTargets()).toEqual([]);
        expect(preferences.remember(target)).toBe(true);
        expect(preferences.recentTargets()).toEqual([target]);
      }
    }));

  it('are no reason to stop when they cannot be kept', () =>
    inTemporary(async (directory) => {
      mkdirSync(join(directory, 'preferences.json'));
      const preferences = await openPreferences(directory);
      expect(preferences.recentTargets()).toEqual([]);
      expect(preferences.remember(target)).toBe(false);
    }));
});
