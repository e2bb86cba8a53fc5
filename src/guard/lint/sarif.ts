import { STRATEGY_SETTINGS } from '../../gitops/catalogue/index.ts';
import type { SettingClass } from '../../gitops/catalogue/setting.ts';
import type { LintFinding, LintedFile } from '../../gitops/lint.ts';
import { rulingLines } from './access.ts';
import { isForbidden, unjudgedIn, type LintReport } from './report.ts';

const LEVEL: Readonly<Record<SettingClass, 'error' | 'note'>> = { destructive: 'error', 'seed-only': 'note', inert: 'note' };
const HOME = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/**
 * A SARIF 2.1.0 log with one run: rules are the settings of the catalogue, fixes are the edits that `--fix` would make. Columns and
 * offsets count UTF-16 code units, which the log says.
 */
export function sarifLog(report: LintReport, version: string) {
  const rules = STRATEGY_SETTINGS.map(({ id, rules: all, source }) => ({
    id: ruleId(id), name: id, shortDescription: { text: `${id} and what it decides about an existing realm` },
    fullDescription: { text: `${all.map(({ because }) => because).join(' ')} (${source})` },
  }));
  const forbidden = isForbidden(report);
  const index = new Map(rules.map((rule, at) => [rule.id, at]));
  return {
    $schema: HOME,
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'realm-rescue', version, rules } },
      columnKind: 'utf16CodeUnits',
      invocations: [{ executionSuccessful: true, toolExecutionNotifications: [...unjudgedIn(report).map(notification), ...accessNotification(report)] }],
      results: report.files.flatMap((file) => file.findings.map((finding) => result(file, finding, { index, forbidden }))),
    }],
  };
}

/** What a reader of the log has to look at by hand. */
function notification({ file, refusal }: ReturnType<typeof unjudgedIn>[number]) {
  return { level: 'warning', message: { text: `Not judged: ${refusal}` }, locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file), uriBaseId: '%SRCROOT%' } } }] };
}

function accessNotification({ access }: LintReport) {
  return access === null ? [] : [{ level: 'note', message: { text: rulingLines(access).join('\n') } }];
}

/** Ids without blanks or marks: `kc.sh import` is `kc.sh-import`. */
const ruleId = (setting: string) => setting.replace(/[^\w.]+/g, '-').replace(/^-|-$/g, '');

function result(file: LintedFile, finding: LintFinding, { index, forbidden }: { readonly index: ReadonlyMap<string, number>; readonly forbidden: boolean }) {
  const id = ruleId(finding.rule);
  const uri = encodeURI(finding.file);
  const replacements = finding.edits.map(({ start, end, text }) => ({ deletedRegion: { charOffset: start, charLength: end - start }, insertedContent: { text } }));
  return {
    ruleId: id, ruleIndex: index.get(id) ?? -1, level: finding.class === 'destructive' && !forbidden ? 'warning' : LEVEL[finding.class], kind: 'fail',
    message: { text: `${finding.setting} is ${finding.class}: ${finding.because}${file.refusal === null ? '' : ` Not edited: ${file.refusal}`}` },
    locations: [{ physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region: { startLine: finding.line } } }],
    partialFingerprints: { 'setting/v1': `${id}:${finding.file}:${finding.setting}` },
    ...(replacements.length === 0 ? {} : { fixes: [{ description: { text: finding.fix ?? '' }, artifactChanges: [{ artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, replacements }] }] }),
  };
}
