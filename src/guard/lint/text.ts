import { count } from '../../runbook/lines.ts';
import { rulingLines } from './access.ts';
import { findingsIn, unjudgedIn, type LintReport } from './report.ts';

/** One finding a line, as compilers write them, so that editors and people find the place. */
export function lintText(report: LintReport): string {
  const lines = report.files.flatMap(({ file, findings, refusal, unjudged }) => [
    ...findings.map(({ line, class: verdict, setting, because, fix }) => `${file}:${line}: ${verdict}: ${setting}: ${because}${fix === undefined ? '' : ` (--fix: ${fix})`}`),
    ...(refusal !== null && (unjudged || findings.length > 0) ? [`${file}: ${unjudged ? 'not judged' : 'not edited'}: ${refusal}`] : []),
  ]);
  lines.push(...report.access === null ? [] : rulingLines(report.access));
  return lines.map((line) => `${line}\n`).join('');
}

/** `2 destructive, 1 seed-only and 3 inert settings in 4 of 120 files` */
export function lintSummary(report: LintReport): string {
  const found = findingsIn(report);
  const files = report.files.filter(({ findings }) => findings.length > 0).length;
  const counts = (['destructive', 'seed-only', 'inert'] as const).map((verdict) => `${found.filter((finding) => finding.class === verdict).length} ${verdict}`);
  const unjudged = unjudgedIn(report).length;
  const left = unjudged === 0 ? '' : ` ${count(unjudged, 'file')} could not be judged.`;
  return (found.length === 0
    ? `No setting that decides about overwriting a realm in ${count(report.files.length, 'file')}.`
    : `${counts.slice(0, -1).join(', ')} and ${counts.at(-1) ?? ''} ${found.length === 1 ? 'setting' : 'settings'} in ${files} of ${count(report.files.length, 'file')}.`) + left;
}
