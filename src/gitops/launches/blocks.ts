/** Blocks of a shell (`if … fi`, `[ … ] && …`): what is set in one may not have been set. */
import type { Launch, Variable, Word } from './launch.ts';
import type { ShellSession } from './shell.ts';

/** What was set when a block began. */
export interface Block {
  readonly set: ReadonlyMap<string, Variable>;
  readonly parts: ReadonlyMap<string, readonly Word[]>;
}

const setIn = ({ environment, own }: ShellSession): ReadonlyMap<string, Variable> => new Map([...own, ...environment.map((variable) => [variable.name, variable] as const)]);
/** What is set now. */
export const blockOf = (session: ShellSession): Block => ({ set: setIn(session), parts: new Map(session.parts) });
const IMPORTS = /-Dkeycloak\.migration\.action=/;

/** What one branch has set and the next one sets anew: an import is one in either. */
export function leftBehind(session: ShellSession, block: Block | undefined): readonly Launch[] {
  return [...setIn(session).values()].filter((variable) => IMPORTS.test(variable.text) && block?.set.get(variable.name) !== variable)
    .map((variable) => ({ image: session.image, addVariable: session.addVariable, words: [], environment: [variable] }));
}

/** A block may be left out: what was set in it and would protect counts as before it. An import with its own guard in one text protects nothing else. */
export function withoutProtection(session: ShellSession, block: Block | undefined): void {
  if (!block) return;
  const isMaybe = (variable: Variable) => block.set.get(variable.name) !== variable && !IMPORTS.test(variable.text)
    && /^["']?(?:false|fail|no-delete)["']?$|IGNORE_EXISTING|--override[= ]false/i.test(variable.text);
  for (const variable of setIn(session).values()) {
    if (!isMaybe(variable)) continue;
    const { name } = variable;
    const [old, parts] = [block.set.get(name), block.parts.get(name)];
    session.environment = session.environment.flatMap((each) => (each === variable ? old ?? [] : [each]));
    session.own.delete(name);
    if (parts) session.parts.set(name, parts);
    else session.parts.delete(name);
    if (old && !session.environment.includes(old)) session.own.set(name, old);
  }
}
