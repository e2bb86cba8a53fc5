import type { Writer } from '../../realm/write-access.ts';
import type { LintedFile, LintFinding, Verdict } from '../../gitops/lint.ts';
import type { AccessRuling } from './access.ts';
import { WEIGHT } from '../../gitops/sites.ts';

export interface ReportedFile extends LintedFile {
  /** Where it lies. */
  readonly absolute: string;
}

/** What a lint found, in the order of the files' names. */
export interface LintReport {
  readonly files: readonly ReportedFile[];
  /** Who may edit the realm that the files are for; null where no server was asked. */
  readonly access: AccessRuling | null;
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

/** Whether something overwrites that must not: destructive findings, unless nobody edits that realm. */
export const isForbidden = (report: LintReport): boolean => worstOf(report) === 'destructive' && report.access?.overwriting !== 'allowed';

/** The contract of `--json`; `access` only where a server was asked. */
export function contractJson(report: LintReport) {
  const { access } = report;
  return {
    schema: 'realm-rescue/findings/v1',
    files: report.files.map(({ file, verdict, refusal }) => ({ file, verdict, ...(refusal === null ? {} : { refusal }) })),
    findings: findingsIn(report).map(({ file, line, setting, class: verdict, because, fix }) => ({ file, line, setting, class: verdict, because, ...(fix === undefined ? {} : { fix }) })),
    ...(access === null ? {} : { access: accessJson(access) }),
  };
}

function accessJson({ realm, overwriting, editors, breakGlass, serviceAccounts, unknown }: AccessRuling) {
  const named = (writers: readonly Writer[]) => writers.map(({ name, realm: home, through }) => ({ name, realm: home, through }));
  return { realm, overwriting, editors: named(editors), breakGlass: named(breakGlass), serviceAccounts: named(serviceAccounts), unknown };
}
