import { rulingLines } from './access.ts';
import { findingsIn, isForbidden, unjudgedIn, type LintReport } from './report.ts';
import type { SettingClass } from '../../gitops/catalogue/setting.ts';

const COMMAND: Readonly<Record<SettingClass, string>> = { destructive: 'error', 'seed-only': 'notice', inert: 'notice' };

/** Workflow commands of GitHub Actions, one a finding: they show beside the line in a pull request. */
export function githubAnnotations(report: LintReport): string {
  const left = unjudgedIn(report).map(({ file, refusal }) => `::warning file=${property(file)},title=not judged::${data(refusal)}\n`);
  const ruling = report.access === null ? [] : [`::notice title=${property(`who may edit realm ${report.access.realm}`)}::${data(rulingLines(report.access).join('\n'))}\n`];
  const forbidden = isForbidden(report);
  const command = (verdict: SettingClass) => (verdict === 'destructive' && !forbidden ? 'warning' : COMMAND[verdict]);
  return [...findingsIn(report).map(({ file, line, setting, class: verdict, because, fix }) =>
    `::${command(verdict)} file=${property(file)},line=${line},title=${property(`${verdict}: ${setting}`)}::${data(`${because}${fix === undefined ? '' : ` realm-rescue lint --fix: ${fix}`}`)}\n`), ...left, ...ruling].join('');
}

/** What GitHub takes for its own, escaped as its runner wants it. */
const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
