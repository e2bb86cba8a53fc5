/** Keys as data. The footer, the `?` overlay and docs/keys.md are made from this table; nothing else names a key. */
import type { LocalState } from './local.ts';
import type { RunSnapshot } from '../runner/handle.ts';
import { fieldsInSight } from './sight.ts';

export type Context = 'running' | 'statement' | 'word' | 'input' | 'evidence' | 'choose' | 'by-field' | 'confirm' | 'paused' | 'not-proven' | 'trouble' | 'meanwhile' | 'help';

export type Command =
  | 'interrupt' | 'suspend' | 'help' | 'quit' | 'back' | 'submit' | 'erase' | 'erase-all' | 'scroll-up' | 'scroll-down' | 'page-up' | 'page-down'
  | 'up' | 'down' | 'first' | 'last' | 'pane' | 'toggle' | 'continue' | 'path' | 'filter' | 'restore' | 'keep' | 'leave' | 'cycle' | 'suggested'
  | 'missing' | 'earlier' | 'later' | 'detail' | 'why' | 'type' | 'skip' | 'probe' | 'accept' | 'retry';

export interface Binding {
  readonly command: Command;
  /** As `KeyPress.id`. The first is shown in the footer. */
  readonly keys: readonly string[];
  readonly contexts: readonly Context[];
  /** One or two words for the footer; absent: only in the help. */
  readonly footer?: string;
  /** What the footer shows instead of the first key. */
  readonly footerKey?: string;
  /** One sentence for the help and the docs. */
  readonly help: string;
}

export const CONTEXT_TITLE: Readonly<Record<Context, string>> = {
  'running': 'While something runs', 'statement': 'Freeze and Thaw', 'word': 'Where a typed word starts something', 'input': 'Where text is asked for',
  'evidence': 'Evidence', 'choose': 'Choose', 'by-field': 'Choose, in the detail of a change with several fields', 'confirm': 'Restore, after Esc', 'paused': 'Freeze and Thaw, after Esc', 'not-proven': 'Prove, when a claim is not proven',
  'trouble': 'When a step or a write failed', 'meanwhile': 'When somebody else has written meanwhile', 'help': 'In the help, and in the reasons of Triage',
};

const LISTS: readonly Context[] = ['evidence', 'choose', 'by-field'];
const CHOOSING: readonly Context[] = ['choose', 'by-field'];
const FIELDS: readonly Context[] = ['statement', 'word', 'input'];
const READING: readonly Context[] = ['confirm', 'paused', 'not-proven', 'trouble', 'meanwhile'];
/** Triage has been there, and a letter is a command. */
const WHY: readonly Context[] = ['evidence', 'choose', 'by-field', 'confirm'];
const COMMANDS: readonly Context[] = ['running', 'evidence', 'choose', 'by-field', 'confirm', 'paused', 'not-proven', 'trouble', 'meanwhile'];

export const BINDINGS: readonly Binding[] = [
  { command: 'submit', keys: ['enter'], contexts: ['word'], footer: 'send the word', help: 'Sends what was typed. Only the whole word starts something; an empty or another word does nothing.' },
  { command: 'submit', keys: ['enter'], contexts: ['statement'], footer: 'say it (empty: nothing stated)', help: 'States what was typed. With nothing typed it is recorded that nothing was stated.' },
  { command: 'submit', keys: ['enter'], contexts: ['input'], footer: 'done', help: 'Takes what was typed.' },
  { command: 'erase', keys: ['backspace'], contexts: FIELDS, help: 'Takes the last character away.' },
  { command: 'erase-all', keys: ['ctrl-u'], contexts: FIELDS, help: 'Takes everything typed away.' },
  { command: 'scroll-up', keys: ['up'], contexts: [...FIELDS, ...READING, 'help'], help: 'Shows the lines above.' },
  { command: 'scroll-down', keys: ['down'], contexts: [...FIELDS, ...READING, 'help'], help: 'Shows the lines below.' },
  { command: 'page-up', keys: ['page-up'], contexts: ['by-field'], help: 'Shows what stands above in a long value.' },
  { command: 'page-down', keys: ['page-down'], contexts: ['by-field'], help: 'Shows what stands below in a long value.' },
  { command: 'page-up', keys: ['page-up'], contexts: ['evidence', 'choose', ...READING, ...FIELDS, 'help'], help: 'Moves one page up.' },
  { command: 'page-down', keys: ['page-down'], contexts: ['evidence', 'choose', ...READING, ...FIELDS, 'help'], help: 'Moves one page down.' },
  { command: 'continue', keys: ['enter'], contexts: LISTS, footer: 'go on', help: 'Goes on. Writes nothing. In Choose it goes to the first missing answer while there is one.' },
  { command: 'toggle', keys: ['space', 'x'], contexts: ['evidence'], footer: 'select', help: 'Selects a source or takes it back. What was selected earlier wins.' },
  { command: 'path', keys: ['f'], contexts: ['evidence'], footer: 'file…', help: 'Lets you type a path, or a source as --evidence takes it.' },
  { command: 'suggested', keys: ['a'], contexts: ['choose'], footer: 'suggested', help: 'Accepts every suggestion for what is still without an answer.' },
  { command: 'suggested', keys: ['a'], contexts: ['by-field'], help: 'Accepts every suggestion for what is still without an answer, in the other differences, too.' },
  { command: 'pane', keys: ['tab', 'shift-tab'], contexts: ['choose'], footer: 'pane', help: 'Goes from the clients to the differences of one client, and back.' },
  { command: 'pane', keys: ['tab', 'shift-tab'], contexts: ['by-field'], help: 'Goes back to the clients.' },
  { command: 'restore', keys: ['r'], contexts: ['by-field'], footer: 'restore', help: 'Restores this field alone: live becomes what the evidence says there.' },
  { command: 'keep', keys: ['k'], contexts: ['by-field'], footer: 'keep', help: 'Keeps this field alone: live stays there, and goes into git.' },
  { command: 'leave', keys: ['l'], contexts: ['by-field'], footer: 'leave', help: 'Leaves this field alone: there neither live nor git is touched.' },
  { command: 'restore', keys: ['r'], contexts: ['choose'], footer: 'restore', help: 'Restore: live becomes what the evidence says. In the list of clients: everything of that client.' },
  { command: 'keep', keys: ['k'], contexts: ['choose'], footer: 'keep', help: 'Keep: live stays, and goes into git. In the list of clients: everything of that client.' },
  { command: 'leave', keys: ['l'], contexts: ['choose'], footer: 'leave', help: 'Leave: neither live nor git is touched. In the list of clients: everything of that client.' },
  { command: 'up', keys: ['up', 'ctrl-p'], contexts: CHOOSING, footer: 'move', footerKey: '↑↓', help: 'Moves up.' },
  { command: 'down', keys: ['down', 'ctrl-n'], contexts: CHOOSING, help: 'Moves down.' },
  { command: 'up', keys: ['up', 'k', 'ctrl-p'], contexts: ['evidence'], footer: 'move', footerKey: '↑↓', help: 'Moves up.' },
  { command: 'down', keys: ['down', 'j', 'ctrl-n'], contexts: ['evidence'], help: 'Moves down.' },
  { command: 'first', keys: ['home', 'g'], contexts: LISTS, help: 'Goes to the first.' },
  { command: 'last', keys: ['end', 'G'], contexts: LISTS, help: 'Goes to the last.' },
  { command: 'cycle', keys: ['space'], contexts: CHOOSING, help: 'Goes through restore, keep and leave.' },
  { command: 'missing', keys: ['n'], contexts: CHOOSING, help: 'Goes to the next missing answer, and where only some fields of a change are answered, to the next of the others.' },
  { command: 'detail', keys: ['d'], contexts: ['choose'], footer: 'detail', help: 'Shows the fields, the effect and the reason of the suggestion. A change with several fields can be answered there field by field.' },
  { command: 'detail', keys: ['d'], contexts: ['by-field'], help: 'Goes back to the list. An answer given there is for all fields again.' },
  { command: 'earlier', keys: ['K', 'ctrl-up'], contexts: ['choose'], help: 'Restores the client earlier.' },
  { command: 'later', keys: ['J', 'ctrl-down'], contexts: ['choose'], help: 'Restores the client later.' },
  { command: 'filter', keys: ['/'], contexts: ['choose'], help: 'Shows only the clients and differences that contain a text; Esc shows all again.' },
  { command: 'type', keys: ['enter', 't'], contexts: ['confirm', 'paused'], footer: 'type', help: 'Goes back to typing.' },
  { command: 'skip', keys: ['s'], contexts: ['confirm'], footer: 'skip this client', help: 'Sends nothing for this client and goes on with the next. The run then ends with exit code 2.' },
  { command: 'probe', keys: ['p'], contexts: ['not-proven'], footer: 'choose a probe user', help: 'Asks for a user whose token can show the claim.' },
  { command: 'accept', keys: ['a'], contexts: ['not-proven'], footer: 'accept with a reason', help: 'Accepts that it is not proven. The reason goes into the transcript.' },
  { command: 'retry', keys: ['r'], contexts: ['meanwhile'], footer: 'look again', help: 'Looks at the server again and goes on from what it shows. Nothing is sent blindly.' },
  { command: 'keep', keys: ['k'], contexts: ['meanwhile'], footer: 'keep what is there', help: 'Keeps what somebody else has made meanwhile: this write is left out. The run then ends with exit code 2.' },
  { command: 'retry', keys: ['r'], contexts: ['trouble'], footer: 'try again', help: 'Tries the step again. After a write it looks at the server first and never sends blindly.' },
  { command: 'back', keys: ['escape'], contexts: [...FIELDS, ...CHOOSING, 'help'], footer: 'back', help: 'Goes back one level: clears what was typed, then leaves the field.' },
  { command: 'why', keys: ['w'], contexts: WHY, footer: 'why', help: 'Shows every reason that Triage has for what it says.' },
  { command: 'help', keys: ['?'], contexts: COMMANDS, footer: 'help', help: 'Shows all keys that work here.' },
  { command: 'quit', keys: ['q'], contexts: COMMANDS, footer: 'quit', help: 'Leaves. The journal is intact; realm-rescue resume goes on from there.' },
  { command: 'interrupt', keys: ['ctrl-c'], contexts: [...COMMANDS, ...FIELDS, 'help'], help: 'Once: stops after the request in flight. Twice: leaves now; the journal is intact either way.' },
  { command: 'suspend', keys: ['ctrl-z'], contexts: [...COMMANDS, ...FIELDS, 'help'], help: 'Suspends the program; fg brings it back.' },
];

/** The command of a key in a context. */
export function commandFor(context: Context, id: string): Command | undefined {
  return BINDINGS.find((binding) => binding.contexts.includes(context) && binding.keys.includes(id))?.command;
}

export function bindingsFor(context: Context): readonly Binding[] {
  return BINDINGS.filter((binding) => binding.contexts.includes(context));
}

/** Which keys work now. */
export function contextOf({ state, busy }: RunSnapshot, local: LocalState): Context {
  if (local.overlay !== null) return 'help';
  const question = busy === null ? state.question : null;
  if (question === null) return 'running';
  if (local.field === 'word' || local.field === 'statement') return local.field;
  if (local.field !== null) return 'input';
  switch (question.kind) {
    case 'evidence': case 'not-proven': return question.kind;
    case 'choose': return fieldsInSight(state, local) === undefined ? 'choose' : 'by-field';
    case 'write-trouble': return question.status === 'diverged' ? 'meanwhile' : 'trouble';
    case 'failure': return 'trouble';
    case 'confirm': return 'confirm';
    default: return 'paused';
  }
}

const SHOWN: Readonly<Record<string, string>> = {
  'up': '↑', 'down': '↓', 'escape': 'Esc', 'enter': 'Enter', 'space': 'Space', 'tab': 'Tab', 'shift-tab': 'Shift-Tab', 'page-up': 'PgUp', 'page-down': 'PgDn',
  'home': 'Home', 'end': 'End', 'backspace': 'Backspace', 'ctrl-up': 'Ctrl-↑', 'ctrl-down': 'Ctrl-↓',
};

/** A key as people know it: `Ctrl-C`, `Esc`, `↑`. */
export function keyLabel(id: string): string {
  return SHOWN[id] ?? (id.startsWith('ctrl-') ? `Ctrl-${id.slice(5).toUpperCase()}` : id);
}

/** docs/keys.md. A test compares it with the file; UPDATE_DOCS=1 writes the file. */
export function keysMarkdown(): string {
  const sections = (Object.keys(CONTEXT_TITLE) as Context[]).map((context) => {
    const rows = bindingsFor(context).map((binding) => `| ${binding.keys.map((key) => `\`${keyLabel(key)}\``).join(' ')} | ${binding.help} |`);
    return [`## ${CONTEXT_TITLE[context]}`, '', '| key | does |', '| --- | --- |', ...rows].join('\n');
  });
  const head = '# Keys\n\nMade from `src/ui/keys.ts`; do not edit. Enter, a digit or a paste never starts a write: a typed word does.';
  return `${[head, ...sections].join('\n\n')}\n`;
}
