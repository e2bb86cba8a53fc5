import type { JournalLine, RunEvent } from '../../src/runbook/model.ts';
import { journalOf, type Timed } from './build.ts';
import { fullRun } from './fixtures.ts';

/** Text that a server or a file may supply, each able to do harm somewhere. */
export const HOSTILE: readonly string[] = [
  '\u001b[2J\u001b[31mred\u001b]0;title\u0007', '\u009b31m\u0000\u0007\b', 'a\u202egnp.exe\u2066\u200b', '| a | b |\n| --- | --- |', '\\|\\\\|', '`code` ``more``` ```', '```\n# not a heading\n```',
  '<script>alert(1)</script><img src=x onerror=alert(1)></details>', '[link](https://evil.example/?a=b) ![x](https://evil.example/x.png)', '<!channel> <@U123> @channel @here',
  '*bold* _it_ ~no~ # h\r\n## h2', '- item\n+ item\n1. item\n> quote\n---', '../../../etc/passwd', '$(rm -rf /) `id` ${HOME} %n', 'x'.repeat(10_000), '日本語'.repeat(60), '👩‍👩‍👧‍👦 \ud83d lone', '{{ template }} {% x %} --- a: &b *b', '   ', '',
];

/** An event with hostile text at every place that a server, a file or a person supplies. */
export function poisoned(event: RunEvent, text: string): RunEvent {
  const fixed = new Set(['type', 'kind', 'change', 'suggest', 'by', 'status', 'outcome', 'way', 'mode', 'class', 'step', 'label', 'completeness', 'method', 'artefact', 'at', 'startedAt', 'capturedAt', 'date', 'code', 'found', 'reason', 'tokens', 'needs', 'choices', 'schema', 'lost', 'changed', 'liveOnly']);
  // Names that have to stay the same in several events keep their head, so that the story still holds together.
  const keyed = new Set(['owner', 'id', 'operation', 'covers', 'client', 'specs', 'spec']);
  const poison = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return fixed.has(key) ? value : keyed.has(key) ? `${value}${text}` : text;
    if (Array.isArray(value)) return value.map((entry) => poison(entry, key));
    if (typeof value !== 'object' || value === null) return value;
    if (key === 'choices') return Object.fromEntries(Object.entries(value).map(([id, choice]) => [`${id}${text}`, choice]));
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [key === 'payload' || key === 'before' || key === 'counts' ? `${name}${text}` : name, poison(inner, name)]));
  };
  return poison(event, '') as RunEvent;
}

/** The full run with hostile text in every event. */
export function hostileJournal(text: string): JournalLine[] {
  return journalOf(fullRun.map(([seconds, event]): Timed => [seconds, poisoned(event, text)]));
}
