import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintFile } from '../../src/gitops/lint.ts';
import { writeFixes } from '../../src/guard/lint/files.ts';
import { runTool, sessionPlace, type ToolRun } from '../harness/tool.ts';

const JOB = `apiVersion: batch/v1
kind: Job
metadata: {name: import}
spec:
  template:
    spec:
      containers:
        - name: import   # once a night
          image: quay.io/keycloak/keycloak:26.7.4
          args: ["import", "--file=/realm.json"]
`;

function place(files: Readonly<Record<string, string>>): string {
  const directory = sessionPlace();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

const lint = (cwd: string, ...args: string[]): Promise<ToolRun> => runTool(['lint', ...args], { cwd });

describe('lint', () => {
  it('says where, what and why, and exits 2 on what is destructive', async () => {
    const { exit, stdout, stderr } = await lint(place({ 'deploy/job.yaml': JOB, 'README.md': 'kc.sh import\n', 'values.yaml': 'a: 1 # kc.sh import\n' }));
    expect(exit).toBe(2);
    expect(stdout).toMatch(/^deploy\/job\.yaml:10: destructive: kc\.sh import: kc\.sh import removes the existing realm .* \(--fix: --override=false added\)\n$/);
    expect(stderr).toBe('1 destructive, 0 seed-only and 0 inert setting in 1 of 2 files.\n');
  });

  it('--json is the contract: every file that was looked at has its verdict', async () => {
    const { exit, stdout } = await lint(place({ 'job.yaml': JOB, 'realm.json': '{"realm":"primary","enabled":true}', 'sealed.yaml': `kind: SealedSecret\nspec: {template: {data: {x: "${'x'.repeat(4)}"}}}\n` }), '--json');
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      schema: 'realm-rescue/findings/v1',
      files: [{ file: 'job.yaml', verdict: 'destructive' }, { file: 'realm.json', verdict: 'none' }, { file: 'sealed.yaml', verdict: 'none', refusal: expect.stringContaining('kubeseal') as string }],
      findings: [{ file: 'job.yaml', line: 10, setting: 'kc.sh import', class: 'destructive', because: expect.stringMatching(/\.$/) as string, fix: '--override=false added' }],
    });
  });

  it('--fix writes the few bytes, keeps the mode, and leaves nothing to say', async () => {
    const directory = place({ 'job.yaml': JOB });
    chmodSync(join(directory, 'job.yaml'), 0o640);
    const { exit, stderr } = await lint(directory, '--fix');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: 'Changed job.yaml.\n0 destructive, 1 seed-only and 0 inert setting in 1 of 1 file.\n' });
    expect(readFileSync(join(directory, 'job.yaml'), 'utf8')).toBe(JOB.replace('"import"', '"import", "--override=false"'));
    expect(statSync(join(directory, 'job.yaml')).mode & 0o777).toBe(0o640);
  });

  it('in a working tree looks at what git tracks or would track, from any directory of it', async () => {
    const directory = place({ 'a/job.yaml': JOB, 'b/job.yaml': JOB, 'ignored/job.yaml': JOB, '.gitignore': 'ignored/\n' });
    execFileSync('git', ['init', '-q'], { cwd: directory });
    expect((JSON.parse((await lint(directory, '--json')).stdout) as { files: { file: string }[] }).files.map(({ file }) => file)).toEqual(['a/job.yaml', 'b/job.yaml']);
    expect((JSON.parse((await lint(join(directory, 'a'), '--json')).stdout) as { files: { file: string }[] }).files.map(({ file }) => file)).toEqual(['job.yaml']);
    expect((JSON.parse((await lint(directory, 'b', 'ignored/job.yaml', '--json')).stdout) as { files: { file: string }[] }).files.map(({ file }) => file)).toEqual(['b/job.yaml', 'ignored/job.yaml']);
  });

  it('knows a script without an extension by its first line', async () => {
    const script = '#!/bin/sh\nkc.sh import --file x\n';
    const { exit, stdout } = await lint(place({ 'bin/import-realm': script, 'LICENSE': 'kc.sh import\n', 'bin/notes': script.slice(10), 'import.ps1': 'docker exec keycloak /opt/keycloak/bin/kc.sh import --file x\n' }), '--json');
    expect({ exit, files: (JSON.parse(stdout) as { files: unknown }).files }).toEqual({ exit: 2, files: [{ file: 'bin/import-realm', verdict: 'destructive' }, { file: 'import.ps1', verdict: 'destructive' }] });
  });

  it('names files from where it runs, or from the directory that was named elsewhere', async () => {
    const directory = place({ 'deploy/job.yaml': JOB });
    const names = async (...args: string[]) => (JSON.parse((await lint(...args as [string])).stdout) as { files: { file: string }[] }).files.map(({ file }) => file);
    expect(await names(directory, 'deploy', '--json')).toEqual(['deploy/job.yaml']);
    expect(await names(sessionPlace(), directory, '--json')).toEqual(['deploy/job.yaml']);
    expect(await names(sessionPlace(), '--repo', directory, '--json')).toEqual(['deploy/job.yaml']);
    expect(await names(sessionPlace(), join(directory, 'deploy/job.yaml'), '--json')).toEqual(['job.yaml']);
  });

  it('a version on the command line decides where the file pins none; a tag in the file wins', async () => {
    const spi = '          env: [{name: KC_SPI_IMPORT_SINGLE_FILE_STRATEGY, value: IGNORE_EXISTING}]\n';
    expect((await lint(place({ 'job.yaml': JOB.replace(':26.7.4', '') + spi }))).exit).toBe(2);
    expect((await lint(place({ 'job.yaml': JOB.replace(':26.7.4', '') + spi }), '--server-version', '26.7.4')).exit).toBe(0);
    expect((await lint(place({ 'job.yaml': JOB.replace(':26.7.4', ':26.0.8') + spi }), '--server-version', '26.7.4')).exit).toBe(2);
  });

  it('SARIF 2.1.0 names rule, place and the edits of the fix', async () => {
    const { stdout } = await lint(place({ 'job.yaml': JOB }), '--format', 'sarif');
    const log = JSON.parse(stdout) as { version: string; runs: { tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }[] };
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    expect(run?.results).toHaveLength(1);
    expect(run?.results[0]).toMatchObject({
      ruleId: 'kc.sh-import', level: 'error', message: { text: expect.stringContaining('destructive') as string },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'job.yaml' }, region: { startLine: 10 } } }],
      fixes: [{ artifactChanges: [{ replacements: [{ deletedRegion: { charOffset: JOB.indexOf(', "--file'), charLength: 0 }, insertedContent: { text: ', "--override=false"' } }] }] }],
    });
    expect(run?.tool.driver.rules[run.results[0]?.['ruleIndex'] as number]?.id).toBe('kc.sh-import');
    expect(new Set(run?.tool.driver.rules.map(({ id }) => id)).size).toBe(run?.tool.driver.rules.length);
  });

  it('annotations of GitHub escape what GitHub would take for its own', async () => {
    const { stdout } = await lint(place({ 'a, b:c/100%.yaml': JOB }), '--format', 'github');
    expect(stdout).toMatch(/^::error file=a%2C b%3Ac\/100%25\.yaml,line=10,title=destructive%3A kc\.sh import::[^\n]*\n$/);
  });

  it.each([
    ['YAML that does not parse', 'job.yaml', `${JOB}        - name: [open\n`, /^This is no YAML that can be read \(line 12, column 1: [a-z ]+\): correct it first\.$/],
    ['a merge that was not finished', 'job.yaml', JOB.replace('          args', '<<<<<<< HEAD\n          args'), /^Line 10 is the mark of a merge/],
    ['a template that no value makes YAML of', 'templates/job.yaml', `{{ if .Values.on }}\n${JOB}  - {{ .Values.x }}: [\n{{ end }}\n`, /^This is a template/],
    ['a script of megabytes', 'start.sh', `#!/bin/sh\nkc.sh import --file x\n${'# x\n'.repeat(130_000)}`, /was not judged/],
  ])('%s is not judged: said in every format, exit 3', async (_, file, text, reason) => {
    const directory = place({ [file]: text, 'other.yaml': 'a: 1\n' });
    const [plain, json, sarif, github] = await Promise.all([[], ['--json'], ['--format', 'sarif'], ['--format', 'github']].map((args) => lint(directory, ...args)));
    expect([plain, json, sarif, github].map((run) => run?.exit)).toEqual([3, 3, 3, 3]);
    const { files, findings } = JSON.parse(json?.stdout ?? '') as { files: { file: string; verdict: string; refusal?: string }[]; findings: unknown[] };
    expect(findings).toEqual([]);
    expect(files).toEqual([{ file: 'other.yaml', verdict: 'none' }, { file, verdict: 'none', refusal: expect.stringMatching(reason) as string }].sort((a, b) => (a.file < b.file ? -1 : 1)));
    const refusal = files.find((each) => each.file === file)?.refusal ?? '';
    expect(plain?.stdout).toBe(`${file}: not judged: ${refusal}\n`);
    expect(plain?.stderr).toBe('No setting that decides about overwriting a realm in 2 files. 1 file could not be judged.\n');
    expect((JSON.parse(sarif?.stdout ?? '') as { runs: { invocations: { toolExecutionNotifications: { message: { text: string } }[] }[] }[] }).runs[0]?.invocations[0]?.toolExecutionNotifications.map(({ message }) => message.text)).toEqual([`Not judged: ${refusal}`]);
    expect(github?.stdout).toMatch(/^::warning file=.+,title=not judged::.+\n$/);
  });

  it.each([
    ['mentions a setting in a comment only', 'a.yaml', 'a: [ # kc.sh import\n'],
    ['is broken and about something else', 'a.yaml', 'a: [\nrealmless: {\n'],
    ['is JSON of another kind', 'package.json', '{"name": "x", }'],
  ])('a broken file that %s is no concern', async (_, file, text) => {
    const { exit, stdout } = await lint(place({ [file]: text }));
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '' });
  });

  it('what is destructive elsewhere counts more than what could not be judged', async () => {
    const { exit, stdout } = await lint(place({ 'a.yaml': JOB, 'b.yaml': `${JOB}  x: [\n` }));
    expect(exit).toBe(2);
    expect(stdout).toContain('b.yaml: not judged: ');
  });

  it.each([
    ['a path that is not there', ['nope.yaml'], 'There is no file or directory nope.yaml here.'],
    ['a format that does not exist', ['--format', 'xml'], 'lint has no format "xml".'],
    ['a link', ['link.yaml'], 'link.yaml is no text that can be judged'],
  ])('%s is a usage error with a way on', async (_, args, said) => {
    const directory = place({ 'job.yaml': JOB });
    symlinkSync(join(directory, 'job.yaml'), join(directory, 'link.yaml'));
    const { exit, stderr, stdout } = await lint(directory, ...args);
    expect({ exit, stdout }).toEqual({ exit: 64, stdout: '' });
    expect(stderr).toContain(said);
  });

  it('--fix that cannot write names the file, and what was changed before it', async () => {
    const directory = place({ 'a.yaml': JOB });
    const files = ['a.yaml', 'gone/b.yaml'].map((file) => ({ ...lintFile(file, JOB, null), absolute: join(directory, file) }));
    await expect(writeFixes({ files })).rejects.toMatchObject({ code: 'disk', message: 'gone/b.yaml cannot be written (ENOENT); a.yaml was changed before.' });
    expect(readFileSync(join(directory, 'a.yaml'), 'utf8')).toContain('--override=false');
  });
});
