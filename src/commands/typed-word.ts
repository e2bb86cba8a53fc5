import { createInterface } from 'node:readline/promises';
import { RescueError } from '../realm/errors.ts';
import { sanitise } from '../ui/text.ts';
import type { Terminal } from '../ui/terminal.ts';

/** What a typed word starts, for the sentences around it. */
export interface WordRequest {
  readonly terminal: Terminal;
  readonly word: string;
  /** As --confirm gives it. */
  readonly given: string | undefined;
  /** `2 controllers would be paused`: for those whom nobody can ask. */
  readonly what: string;
  /** `Type keycloak to pause it`: the beginning of the question. */
  readonly ask: string;
}

/**
 * Asks for the word that starts writes; a flag can have said it.
 * @throws RescueError `needs-decision` where nobody said it, `interrupted` where another word was typed
 */
export async function typedWord(request: WordRequest): Promise<void> {
  if (isSaid(request)) return;
  const { word, ask } = request;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-c and the end of the input close the prompt, and its question then never settles.
  const closed = new Promise<string>((resolve) => { prompt.once('close', () => resolve('')); });
  const answer = await Promise.race([prompt.question(sanitise(`${ask}, anything else to leave: `)), closed]);
  prompt.close();
  if (answer.trim() !== word) throw new RescueError('interrupted', 'Left; nothing was written.', [`Start again and type ${word}.`]);
}

/**
 * Whether a flag has said it. Where nobody can be asked either, that is refused before anything else is done.
 * @throws RescueError `needs-decision`
 */
export function isSaid({ terminal, word, given, what }: Omit<WordRequest, 'ask'>): boolean {
  // Enter alone would be it.
  if (word === '') throw new RescueError('needs-decision', `${what}, and no controller is known whose name could be typed for it.`, ['Name the controller itself: --from application:NAMESPACE/NAME.']);
  // A name that is typed with its kind (`application/no`) is no answer to anything where a flag gives it.
  if (given === word || (given !== undefined && word.endsWith(`/${given}`))) return true;
  if (given !== undefined) throw new RescueError('needs-decision', `--confirm says "${given}", but the word is ${word}.`, [`Give --confirm ${word}.`]);
  if (terminal.mode === 'headless' || terminal.mode === 'json') throw new RescueError('needs-decision', `${what}, and nobody confirmed it.`, [`Give --confirm ${word}.`]);
  return false;
}
