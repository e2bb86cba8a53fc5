import { choiceOf, fieldsByChoice, type Choices } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';
import type { PatchedFile } from './patch-file.ts';
import { phrase } from './content/bring.ts';
import type { SecretToCreate } from './content/secrets.ts';
import { newSecretText, type NewSecret } from './naming.ts';

export interface MessageRequest {
  readonly realm: string;
  readonly serverVersion: string | null;
  readonly session: string;
  readonly headHash: string;
  readonly differences: readonly Difference[];
  readonly choices: Choices;
  readonly files: readonly PatchedFile[];
  readonly notes: readonly string[];
}

const ANSWERS: Readonly<Record<string, string>> = {
  restore: 'restored in the realm; git must have it too',
  keep: 'live is right; git follows',
};

const FIELDS: Readonly<Record<Choice, string>> = { restore: 'restored in the realm', keep: 'kept as live', leave: 'left as git and realm have it' };

/** Which fields of a change were restored, and which not. */
function mixedAnswer(difference: Difference, choices: Choices): string {
  return `field by field: ${fieldsByChoice(difference, choices).map(([choice, paths]) => `${paths.join(', ')} ${FIELDS[choice]}`).join('; ')}`;
}

/** The commit message: a subject, what changed and why as a table, what the settings really do, and the trailer that ties it to the record. */
export function commitMessage(request: MessageRequest): string {
  const { realm, files, differences, choices } = request;
  const changed = files.filter(({ before, after }) => before !== after);
  const rows = differences.flatMap((difference) => {
    const choice = choiceOf(difference, choices);
    const answer = choice === 'mixed' ? mixedAnswer(difference, choices) : ANSWERS[choice ?? ''];
    return answer ? [`| ${cell(phrase(difference))} | ${difference.change} | ${cell(answer)} | ${cell(difference.because)} |`] : [];
  });
  const settings = files.flatMap(({ findings }) => findings).map(({ file, line, setting, class: verdict, because, done }) => `- ${file}:${line} ${setting} (${verdict}; ${done})\n  ${because}`);
  const sections = [
    subject(realm, changed),
    `The files say what the realm says live, as realm-rescue found and proved it in run ${request.session},\nso that the next sync changes nothing.`,
    rows.length === 0 ? null : ['| object | difference | answer | reason |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    settings.length === 0 ? null : [`Settings that decide about overwriting, on Keycloak ${request.serverVersion ?? '(version not known)'}:`, ...settings].join('\n'),
    changed.map(({ path, changes }) => [`${path}`, ...changes.map((change) => `  ${change}`)].join('\n')).join('\n'),
    request.notes.length === 0 ? null : ['Left for people:', ...request.notes.map((note) => `- ${note}`)].join('\n'),
    `Runbook-Session: ${request.session}\nRunbook-Head: ${request.headHash.startsWith('sha256:') ? request.headHash : `sha256:${request.headHash}`}`,
  ];
  return `${sections.filter((section) => section !== null && section !== '').join('\n\n')}\n`;
}

function subject(realm: string, changed: readonly PatchedFile[]): string {
  const content = changed.some(({ realm: value }) => value !== null);
  const long = content ? `Bring realm ${realm} in git to what is live` : `Make the import of realm ${realm} harmless`;
  return long.length <= 72 ? long : `${long.slice(0, 71)}…`;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

/** What secrets-to-create.txt says; names and places only. */
export function secretsText(secrets: readonly SecretToCreate[], realm: string, renewed: readonly NewSecret[] = []): string {
  const handOver = renewed.length === 0 ? '' : `${['Hand these to their deployments; the values are in the admin console:', ...renewed.map(newSecretText)].join('\n')}\n`;
  if (secrets.length === 0) return `No secret has to be created for this patch.\n${handOver}`;
  return handOver + [
    `The patch writes a placeholder where realm ${realm} has a secret that git never had. Create each of these where the`,
    'importer finds it (a Kubernetes Secret used as environment variable) before the next sync. The values are in the admin',
    'console: Clients, the client, Credentials. start --import-realm replaces placeholders by itself; kc.sh import needs',
    'JAVA_OPTS_APPEND=-Dkeycloak.migration.replace-placeholders=true; the operator needs spec.placeholders;',
    'keycloak-config-cli needs IMPORT_VARSUBSTITUTION_ENABLED=true.',
    '', ...secrets.map(({ name, what }) => `${name}  ${what}`), '',
  ].join('\n');
}
