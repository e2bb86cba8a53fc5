import { EXIT_MEANINGS } from '../../src/commands/exit-codes.ts';
import { STRATEGY_SETTINGS } from '../../src/gitops/catalogue/index.ts';
import type { Rule } from '../../src/gitops/catalogue/setting.ts';
import { JOBS, ROLES } from '../../src/keycloak/jobs.ts';
import { kindTable } from '../../src/realm/kinds/index.ts';
import { fewestRoles, namedRoles } from '../../src/runbook/roles.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

/** docs/strategy-settings.md: what each setting really does, from the catalogue that the export uses. */
export function strategyPage(): string {
  const rows = STRATEGY_SETTINGS.flatMap((setting) => setting.rules.map((rule) => `| \`${cell(setting.id)}\`${valuesOf(rule)} | ${rule.class} | ${cell(rule.because)} | ${cell(setting.source)} |`));
  return [
    '# Settings that people believe decide about overwriting', '',
    'Made from `src/gitops/catalogue/`; a test fails when this page is stale. For one setting the first row that fits counts.', '',
    '| setting | class | what it does | known from |', '| --- | --- | --- | --- |', ...rows, '',
  ].join('\n');
}

function valuesOf({ values, from, before }: Rule): string {
  const versions = [from === undefined ? '' : `from ${from}`, before === undefined ? '' : `before ${before}`].filter(Boolean).join(', ');
  return [values === undefined ? '' : ` = ${values.map((value) => `\`${value}\``).join(' or ')}`, versions === '' ? '' : ` (${versions})`].join('');
}

/** README: what can overwrite at all and how it is kept from it, what only seeds, and what decides nothing; from the same catalogue. */
export function strategyTable(): string {
  const worst = (setting: (typeof STRATEGY_SETTINGS)[number]) => (['destructive', 'seed-only', 'inert'] as const).find((name) => setting.rules.some((rule) => rule.class === name)) ?? 'inert';
  const of = (name: string) => STRATEGY_SETTINGS.filter((setting) => worst(setting) === name && setting.id !== 'a literal');
  const code = (text: string) => `\`${cell(text)}\``;
  return [
    '| setting | can it overwrite? | harmless with |', '| --- | --- | --- |',
    ...of('destructive').map(({ id, harmless }) => `| ${code(id)} | yes | ${harmless === null ? 'nothing: it is a writer' : code(harmless)} |`),
    `| ${of('seed-only').map(({ id }) => code(id)).join(', ')} | no: where it decides anything, an existing realm is left alone | |`,
    `| ${of('inert').map(({ id }) => code(id)).join(', ')} | no: it decides nothing | |`,
  ].join('\n');
}

/** README: exit codes. */
export function exitCodeTable(): string {
  return ['| code | meaning |', '| --- | --- |', ...EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`)].join('\n');
}

/** docs/rights.md: what each job takes, between what a person has to know besides. */
export function rightsPage(): string {
  const roles = (names: readonly string[]) => namedRoles(names.map((name) => `\`${name}\``));
  const seen = JOBS.filter(({ step }) => step !== 'restore');
  return [
    '# Rights', '', 'The tables are made from `src/keycloak/jobs.ts`; a test fails when this page is stale. Every row of a restore is carried out with exactly its roles on a real',
    'Keycloak, and refused without each of them before anything is written (`test/keycloak/needs.real.test.ts`, on 26.7.4).', '',
    `Everything works with ${roles([...fewestRoles(ROLES)].sort())}: who manages something may see it, who manages clients manages their`,
    'authorization settings, and who manages the realm its organizations. Less will do for less.', '',
    'The roles are those of client `realm-management`, for a service account or a user of the realm itself (`--auth-realm REALM`), or those of client `REALM-realm` in the',
    'realm `master`, for a user there. All three were tried. `realm-admin`, and `admin` in `master`, bring all of them along.', '',
    '## To look', '', 'Nothing can be compared without `view-realm`, `view-clients` and `view-users`; the rest can be missing, and what was not compared is then said, with exit 3.',
    'With these three or more, and no role that manages anything, `doctor`, `snapshot`, `compare`, `plan`, `export` and `recover` work up to the plan; writing is refused there.', '',
    '| job | step | roles |', '| --- | --- | --- |', ...seen.map(({ job, step, roles: names }) => `| ${job} | ${step} | ${roles(names)} |`), '',
    '## To restore', '', 'Besides what is needed to look. A plan that takes a role which is missing is refused (exit 3) with the differences that take it, as lines of an answers file: with these',
    'left alone, by `realm-rescue resume ID --answers FILE` or on the screen by going back to the choices, the others are restored.', '',
    '| job | roles | kinds of difference |', '| --- | --- | --- |',
    ...JOBS.filter(({ step }) => step === 'restore').map(({ job, roles: names, kinds = [] }) => `| ${job} | ${roles(names)} | ${kinds.map((kind) => `\`${kind}\``).join(', ')} |`), '',
    'A kind that stands in several rows takes what its objects touch: a realm role in the scope of a client takes more than a client role. What pulls something in takes the roles',
    'for that, too: a mapping of a realm role that was lost takes `manage-realm`.', '',
    'Releases without roles for organizations (26.0 is one) ask for `manage-realm` instead. No read tells whether `manage-authorization` is there where an account cannot',
    'read its own roles; `doctor` then says `?`.', '',
  ].join('\n');
}

/** docs/kinds.md: one row for each kind in the registry. */
export function kindsPage(): string {
  return [
    '# Kinds of realm object', '', 'Made from the registry in `src/realm/kinds/`; a test fails when this page is stale (`UPDATE_DOCS=1 npm test` writes it anew).', '',
    '| kind | called | restored by | id kept | undo | lost for good |', '| --- | --- | --- | --- | --- | --- |',
    ...kindTable().map((row) => `| \`${row.kind}\` | ${cell(row.title)} | ${cell(row.restored)} | ${row.idKept} | ${cell(row.undo)} | ${cell(row.lostForGood)} |`), '',
  ].join('\n');
}
