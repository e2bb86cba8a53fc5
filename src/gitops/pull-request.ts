import { code, prose, table } from '../transcript/escape.ts';
import { phrase } from './content/bring.ts';
import { answerWords, howKnown, type MessageRequest } from './message.ts';
import type { SecretToCreate } from './content/secrets.ts';

/** A forge takes 65,536 characters; what is left out stands in the commit message. */
const MOST_ROWS = 150;

/** The text of a pull request, in Markdown: what changes and why, what the settings really do, and what has to be done before it is merged. */
export function pullRequestText(request: MessageRequest & { readonly secrets: readonly SecretToCreate[] }): string {
  const { session, headHash, serverVersion, differences, choices, files, notes, secrets, realm } = request;
  const objects = differences.flatMap((difference) => {
    const answer = answerWords(difference, choices);
    return answer === null ? [] : [[code(phrase(difference)), difference.change, prose(answer), prose(difference.because)]];
  });
  const settings = files.flatMap(({ findings }) => findings)
    .map(({ file, line, setting, class: verdict, because, done }) => [code(`${file}:${line}`), code(setting), verdict, prose(because), prose(done)]);
  const tasks = [...secrets.map(({ name, what }) => `create the secret ${code(name)}: ${prose(what)}`), ...notes.map(prose)];
  const sections = [
    `The files say what realm ${code(realm)} says live, as realm-rescue ${prose(howKnown(session))}, so that the next sync changes nothing.`,
    ...section('What changes', rowsOf(['object', 'difference', 'answer', 'reason'], objects)),
    ...section(`Settings that decide about overwriting, on Keycloak ${prose(serverVersion ?? '(version not known)')}`, rowsOf(['where', 'setting', 'class', 'what it does', 'what this does to it'], settings)),
    ...section('Before it is merged', tasks.slice(0, MOST_ROWS).map((task) => `- [ ] ${task}`)),
    ...(session === 'none' ? [] : [`Record of the run: ${code(session)}, ${code(headHash.startsWith('sha256:') ? headHash : `sha256:${headHash}`)}. \`realm-rescue transcript verify\` checks it.`]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`### ${title}`, lines.join('\n').trimEnd()];
}

function rowsOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const left = rows.length - MOST_ROWS;
  return [...table(head, rows.slice(0, MOST_ROWS)), ...(left > 0 ? [`${left} more stand in the commit message.`] : [])];
}
