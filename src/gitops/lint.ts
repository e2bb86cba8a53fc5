import { openFile } from './artefacts/artefact.ts';
import { recognise } from './artefacts/index.ts';
import { applyEdits, lineOf, Refusal } from './splice/text.ts';
import { judged as judge, spelled, strategySites, WEIGHT } from './sites.ts';
import { verifyPatched } from './verify.ts';
import type { SettingClass } from './catalogue/setting.ts';
import type { TextEdit } from './splice/text.ts';

export type Verdict = SettingClass | 'none';

export interface LintFinding {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly setting: string;
  /** Its id in the catalogue. */
  readonly rule: string;
  readonly class: SettingClass;
  readonly because: string;
  /** What `--fix` writes; absent where nothing has to change or a person has to do it. */
  readonly fix?: string;
  /** The edits behind `fix`, in UTF-16 code units of the file's text. */
  readonly edits: readonly TextEdit[];
}

export interface LintedFile {
  readonly file: string;
  /** What the file itself decides: the worst of its findings. */
  readonly verdict: Verdict;
  /** Why the file is never edited, and what a person has to do. */
  readonly refusal: string | null;
  /** It mentions settings and could not be read: `none` says nothing about it. */
  readonly unjudged: boolean;
  readonly findings: readonly LintFinding[];
  /** The text with everything that is destructive made harmless; null where nothing of it can be. */
  readonly fixed: string | null;
}

/**
 * The strategy settings of one file, classified. Pure; never throws for odd input.
 *
 * @param version  of the server that the file is for, where somebody knows it; a version that the file pins wins
 */
export function lintFile(file: string, text: string, version: string | null): LintedFile {
  const source = openFile(file, text);
  const found = recognise(source);
  if (!found) return { file, verdict: 'none', refusal: null, unjudged: false, findings: [], fixed: null };
  const judged = strategySites(found, version).filter(({ absent }) => !absent).map((site) => ({ site, ...judge(site) }));
  const { refusal, unjudged = false } = found;
  const findings = judged.map(({ site, class: verdict, because }): LintFinding => {
    const fix = refusal === null && verdict === 'destructive' ? site.fix : null;
    return { file, line: lineOf(text, site.offset), setting: spelled(site), rule: site.setting, class: verdict, because, ...(fix ? { fix: fix.done } : {}), edits: fix?.edits ?? [] };
  });
  const verdict = findings.reduce<Verdict>((worst, finding) => (WEIGHT[finding.class] > WEIGHT[worst] ? finding.class : worst), 'none');
  const edits = findings.flatMap((finding) => finding.edits);
  if (edits.length === 0) return { file, verdict, refusal, unjudged, findings, fixed: null };
  try {
    const fixed = applyEdits(text, edits);
    verifyPatched(source, fixed, edits, new Map());
    return { file, verdict, refusal, unjudged, findings, fixed };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { file, verdict, refusal: error.message, unjudged, findings: findings.map(unfixed), fixed: null };
  }
}

function unfixed({ file, line, setting, rule, class: verdict, because }: LintFinding): LintFinding {
  return { file, line, setting, rule, class: verdict, because, edits: [] };
}
