import { EXIT_MEANINGS } from '../../src/commands/exit-codes.ts';
import { STRATEGY_SETTINGS, type Rule } from '../../src/gitops/strategy.ts';
import { kindTable } from '../../src/realm/kinds/index.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

/** docs/strategy-settings.md: what each setting really does, from the catalogue that the export uses. */
export function strategyPage(): string {
  const rows = STRATEGY_SETTINGS.flatMap((setting) => setting.rules.map((rule) => `| \`${cell(setting.id)}\`${valuesOf(rule)} | ${rule.class} | ${cell(rule.because)} | ${cell(setting.source)} |`));
  return [
    '# Settings that people believe decide about overwriting', '',
    'Made from `src/gitops/strategy.ts`; a test fails when this page is stale. For one setting the first row that fits counts.', '',
    '| setting | class | what it does | known from |', '| --- | --- | --- | --- |', ...rows, '',
  ].join('\n');
}

function valuesOf({ values, from, before }: Rule): string {
  const versions = [from === undefined ? '' : `from ${from}`, before === undefined ? '' : `before ${before}`].filter(Boolean).join(', ');
  return [values === undefined ? '' : ` = ${values.map((value) => `\`${value}\``).join(' or ')}`, versions === '' ? '' : ` (${versions})`].join('');
}

/** README: exit codes. */
export function exitCodeTable(): string {
  return ['| code | meaning |', '| --- | --- |', ...EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`)].join('\n');
}

/** docs/kinds.md: one row for each kind in the registry. */
export function kindsPage(): string {
  return [
    '# Kinds of realm object', '', 'Made from the registry in `src/realm/kinds/`; a test fails when this page is stale (`UPDATE_DOCS=1 npm test` writes it anew).', '',
    '| kind | called | restored by | id kept | undo | lost for good |', '| --- | --- | --- | --- | --- | --- |',
    ...kindTable().map((row) => `| \`${row.kind}\` | ${cell(row.title)} | ${cell(row.restored)} | ${row.idKept} | ${cell(row.undo)} | ${cell(row.lostForGood)} |`), '',
  ].join('\n');
}
