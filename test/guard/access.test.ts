import { describe, expect, it } from 'vitest';
import { rulingLines, ruleOn } from '../../src/guard/lint/access.ts';
import { githubAnnotations } from '../../src/guard/lint/github.ts';
import { contractJson, isForbidden, type LintReport } from '../../src/guard/lint/report.ts';
import { sarifLog } from '../../src/guard/lint/sarif.ts';
import { lintFile } from '../../src/gitops/lint.ts';
import type { WriteAccess, Writer } from '../../src/realm/write-access.ts';

const person = (name: string, realm = 'primary'): Writer => ({ name, realm, kind: 'person', through: ['realm-management realm-admin'] });
const robot: Writer = { name: 'service-account-ci', realm: 'primary', kind: 'service-account', through: ['realm-management manage-clients'] };
const access = (writers: readonly Writer[], unknown: readonly string[] = []): WriteAccess => ({ realm: 'primary', writers, unknown });

describe('overwriting a realm that people may edit', () => {
  it.each([
    ['one person', [person('kim')], [], [], 'forbidden'],
    ['one person more than the break-glass account', [person('kim'), person('admin', 'master')], ['admin'], [], 'forbidden'],
    ['the break-glass account alone', [person('admin', 'master')], ['admin'], [], 'allowed'],
    ['the same by its full name', [person('admin', 'master')], ['master/admin'], [], 'allowed'],
    ['an account of that name elsewhere', [person('admin')], ['master/admin'], [], 'forbidden'],
    ['nobody', [], [], [], 'allowed'],
    ['a service account', [robot], [], [], 'allowed'],
    ['a service account that is called a break-glass account', [robot], ['service-account-ci'], [], 'allowed'],
    ['nobody, as far as could be seen', [], [], ['No role.'], 'unknown'],
    ['one person, as far as could be seen', [person('kim')], [], ['No role.'], 'forbidden'],
    ['everybody', [person('(every user of the realm)')], [], [], 'forbidden'],
  ] as const)('%s', (_, writers, breakGlass, unknown, ruling) => {
    expect(ruleOn(access(writers, unknown), breakGlass).overwriting).toBe(ruling);
  });

  it('names who may, how, and which break-glass account is none', () => {
    expect(rulingLines(ruleOn(access([person('kim'), person('admin', 'master'), robot], ['The role x is not known.']), ['admin', 'amdin']))).toEqual([
      expect.stringMatching(/^primary: overwriting is forbidden: people may edit this realm/) as string,
      '  may edit: primary/kim, through realm-management realm-admin',
      '  break-glass: master/admin, through realm-management realm-admin',
      '  service account: primary/service-account-ci, through realm-management manage-clients',
      '  not known: The role x is not known.',
      '  break-glass: amdin is nobody who may edit this realm',
    ]);
  });

  it('calls nobody powerless who may write, a program neither', () => {
    expect(ruleOn(access([robot]), ['service-account-ci', 'kim']).powerless).toEqual(['kim']);
  });

  it('counts those that would fill the screen', () => {
    const lines = rulingLines(ruleOn(access(Array.from({ length: 23 }, (_, index) => person(`p${index}`))), []));
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('  may edit: 3 more');
  });
});

describe('a destructive file where', () => {
  const report = (writers: readonly Writer[]): LintReport => ({ files: [{ ...lintFile('run.sh', 'kc.sh import --file x\n', null), absolute: '/run.sh' }], access: ruleOn(access(writers), ['admin']) });

  it('people edit is an error in every format', () => {
    const forbidden = report([person('kim')]);
    expect(isForbidden(forbidden)).toBe(true);
    expect(githubAnnotations(forbidden)).toMatch(/^::error file=run\.sh.*\n::notice title=who may edit realm primary::primary: overwriting is forbidden.*%0A {2}may edit: primary\/kim, through /);
    expect(sarifLog(forbidden, '0').runs[0]).toMatchObject({ results: [{ level: 'error' }], invocations: [{ toolExecutionNotifications: [{ level: 'note', message: { text: expect.stringContaining('primary/kim') as string } }] }] });
    expect(contractJson(forbidden)).toMatchObject({ access: { realm: 'primary', overwriting: 'forbidden', editors: [{ name: 'kim', realm: 'primary', through: ['realm-management realm-admin'] }], breakGlass: [], serviceAccounts: [], unknown: [] } });
  });

  it('only a break-glass account does is a warning, and stays destructive', () => {
    const allowed = report([person('admin', 'master')]);
    expect(isForbidden(allowed)).toBe(false);
    expect(githubAnnotations(allowed)).toMatch(/^::warning file=run\.sh/);
    expect(sarifLog(allowed, '0').runs[0]?.results).toMatchObject([{ level: 'warning' }]);
    expect(contractJson(allowed)).toMatchObject({ files: [{ verdict: 'destructive' }], findings: [{ class: 'destructive' }], access: { overwriting: 'allowed' } });
  });

  it('no server was asked is an error, and says nothing of accounts', () => {
    const alone: LintReport = { ...report([]), access: null };
    expect(isForbidden(alone)).toBe(true);
    expect(Object.keys(contractJson(alone))).toEqual(['schema', 'files', 'findings']);
  });
});
