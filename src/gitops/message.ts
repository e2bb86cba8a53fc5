import { choiceOf, fieldsByChoice, type Choices } from '../realm/choice.ts';
import type { Choice, Difference } from '../realm/model.ts';
import type { PatchedFile } from './patch-file.ts';
import { phrase } from './content/bring.ts';
import type { SecretToCreate } from './content/secrets.ts';
import { newSecretText, type NewSecret } from './naming.ts';
import { sanitise } from '../realm/sanitise.ts';

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

/** What became of a difference, in words; null where nobody has answered it or it was left. */
export function answerWords(difference: Difference, choices: Choices): string | null {
  const choice = choiceOf(difference, choices);
  return choice === 'mixed' ? mixedAnswer(difference, choices) : ANSWERS[choice ?? ''] ?? null;
}

/** Names may be 10,000 characters long; the record has the whole of them. */
const LONGEST = 300;
/** `@someone`, `#12` and `[skip ci]` make a forge ping people, close issues and leave the checks out. */
const COMMAND_OF_A_FORGE = /(?<![\w])[@#](?=\w)|\[(?=(?:skip|no|ci|actions)\b)/gi;

/** A text of the server or a file within one line of the message: nothing of it can be a line, a trailer or a command of its own. */
const plain = (text: string): string => shortened(sanitise(text), LONGEST).replace(COMMAND_OF_A_FORGE, '$& ');

/** The start of a text, in whole characters. */
function shortened(text: string, longest: number): string {
  const characters = text.length > longest ? Array.from(text) : [];
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : text;
}

/** The commit message: a subject, what changed and why as a table, what the settings really do, and the trailer that ties it to the record. */
export function commitMessage(request: MessageRequest): string {
  const { realm, files, differences, choices } = request;
  const changed = files.filter(({ before, after }) => before !== after);
  const rows = differences.flatMap((difference) => {
    const answer = answerWords(difference, choices);
    return answer ? [`| ${cell(phrase(difference))} | ${difference.change} | ${cell(answer)} | ${cell(difference.because)} |`] : [];
  });
  const settings = files.flatMap(({ findings }) => findings).map(({ file, line, setting, class: verdict, because, done }) => `- ${plain(`${file}:${line} ${setting} (${verdict}; ${done})`)}\n  ${plain(because)}`);
  const sections = [
    subject(realm, changed),
    `The files say what the realm says live, as realm-rescue ${howKnown(request.session)},\nso that the next sync changes nothing.`,
    rows.length === 0 ? null : ['| object | difference | answer | reason |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    settings.length === 0 ? null : [`Settings that decide about overwriting, on Keycloak ${plain(request.serverVersion ?? '(version not known)')}:`, ...settings].join('\n'),
    changed.map(({ path, changes }) => [ownLine(path), ...changes.map((change) => `  ${plain(change)}`)].join('\n')).join('\n'),
    request.notes.length === 0 ? null : ['Left for people:', ...request.notes.map((note) => `- ${plain(note)}`)].join('\n'),
    `Runbook-Session: ${request.session}\nRunbook-Head: ${request.headHash.startsWith('sha256:') ? request.headHash : `sha256:${request.headHash}`}`,
  ];
  return `${sections.filter((section) => section !== null && section !== '').join('\n\n')}\n`;
}

/** A session of its own found and proved it; an export from live has only read it. */
export const howKnown = (session: string): string => (session === 'none' ? 'read it from the server' : `found and proved it in run ${session}`);

function subject(realm: string, changed: readonly PatchedFile[]): string {
  const content = changed.some(({ realm: value }) => value !== null);
  const name = plain(realm);
  return shortened(content ? `Bring realm ${name} in git to what is live` : `Make the import of realm ${name} harmless`, 72);
}

/** A path at the beginning of a line; one that git would take for a comment, a trailer or the end of the message stands behind a space. */
function ownLine(path: string): string {
  const shown = plain(path);
  return /^[\w./ ][^:]*$/.test(shown) ? shown : ` ${shown}`;
}

const cell = (text: string) => plain(text).replaceAll('|', '\\|').replace(/\s+/g, ' ');

/** What secrets-to-create.txt says; names and places only. */
export function secretsText(secrets: readonly SecretToCreate[], realm: string, renewed: readonly NewSecret[] = []): string {
  const handOver = renewed.length === 0 ? '' : `${['Hand these to their deployments; the values are in the admin console:', ...renewed.map((secret) => sanitise(newSecretText(secret)))].join('\n')}\n`;
  if (secrets.length === 0) return `No secret has to be created for this patch.\n${handOver}`;
  return handOver + [
    `The patch writes a placeholder where realm ${sanitise(realm)} has a secret that git never had. Create each of these where the`,
    'importer finds it (a Kubernetes Secret used as environment variable) before the next sync. The values are in the admin',
    'console: Clients, the client, Credentials. start --import-realm replaces placeholders by itself; kc.sh import needs',
    'JAVA_OPTS_APPEND=-Dkeycloak.migration.replace-placeholders=true; the operator needs spec.placeholders;',
    'keycloak-config-cli needs IMPORT_VARSUBSTITUTION_ENABLED=true.',
    '', ...secrets.map(({ name, what }) => sanitise(`${name}  ${what}`)), '',
  ].join('\n');
}
