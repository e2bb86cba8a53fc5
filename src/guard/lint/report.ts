import type { LintedFile, LintFinding, Verdict } from '../../gitops/lint.ts';
import { WEIGHT } from '../../gitops/sites.ts';

export interface ReportedFile extends LintedFile {
  /** Where it lies. */
  readonly absolute: string;
}

/** What a lint found, in the order of the files' names. */
export interface LintReport {
  readonly files: readonly ReportedFile[];
}

export const FORMATS = ['text', 'json', 'sarif', 'github'] as const;
export type LintFormat = (typeof FORMATS)[number];

export const findingsIn = ({ files }: LintReport): readonly LintFinding[] => files.flatMap(({ findings }) => findings);

/** The worst that any file decides. */
export function worstOf({ files }: LintReport): Verdict {
  return files.reduce<Verdict>((worst, { verdict }) => (WEIGHT[verdict] > WEIGHT[worst] ? verdict : worst), 'none');
}

/** Files that mention settings and could not be read, with the reason. */
export const unjudgedIn = ({ files }: LintReport): readonly { readonly file: string; readonly refusal: string }[] =>
  files.flatMap(({ file, refusal, unjudged }) => (unjudged && refusal !== null ? [{ file, refusal }] : []));

/** The contract of `--json`. */
export function contractJson(report: LintReport) {
  return {
    schema: 'realm-rescue/findings/v1',
    files: report.files.map(({ file, verdict, refusal }) => ({ file, verdict, ...(refusal === null ? {} : { refusal }) })),
    findings: findingsIn(report).map(({ file, line, setting, class: verdict, because, fix }) => ({ file, line, setting, class: verdict, because, ...(fix === undefined ? {} : { fix }) })),
  };
}
