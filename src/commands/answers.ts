import { parse } from 'yaml';
import { RescueError } from '../realm/errors.ts';
import type { Choice } from '../realm/model.ts';
import { CHOICES } from './settings.ts';

/**
 * An answers file: YAML (or JSON), difference id to choice, or `id#path` to the choice for one field of a change. A module of its own because yaml is loaded only for it:
 * bundled, `import('yaml')` gives no `parse`, since the package is CommonJS to Node.
 * @throws RescueError `usage` for what is no such map
 */
export function readAnswers(file: string, content: string): Record<string, Choice> {
  const next = ['Write one line for each difference: "client-mapper:auth-service/groups: restore". For one field of a change, put its path behind a #.'];
  let parsed: unknown;
  try {
    // Warnings would be printed by Node, with the line as it stands there.
    parsed = parse(content, { logLevel: 'error' });
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n')[0] ?? '').replace(/:$/, '') : '';
    throw new RescueError('usage', `The answers file ${file} is not valid YAML: ${said}.`, next, { cause: error });
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) throw new RescueError('usage', `The answers file ${file} holds no map of difference ids to choices.`, next);
  return Object.fromEntries(Object.entries(parsed).map(([id, value]) => {
    const choice = CHOICES.find((known) => known === value);
    if (!choice) throw new RescueError('usage', `The answers file ${file} answers ${id} with ${shown(value)}; restore, keep and leave are the answers.`, [...next, 'Leave out the differences that shall stay open.']);
    return [id, choice];
  }));
}

/** A value of the file as the person finds it there. */
function shown(value: unknown): string {
  return value !== null && typeof value === 'object' ? `a ${Array.isArray(value) ? 'list' : 'map'}` : `"${String(value)}"`;
}
