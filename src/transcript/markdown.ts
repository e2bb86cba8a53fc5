import type { FreezeInfo } from '../runbook/cluster-events.ts';
import { heldPauses } from '../runbook/cluster-state.ts';
import type { JournalLine } from '../runbook/model.ts';
import { sessionsBefore } from '../runbook/summary.ts';
import { sanitise } from '../ui/text.ts';
import { clusterSection } from './cluster-section.ts';
import { code, fenced, prose, table } from './escape.ts';
import { logLine } from './log.ts';
import { hostOf, momentsOf, reference, summarySentence } from './moments.ts';
import { accountSection, exportSection, openSection } from './outcome-sections.ts';
import { choicesSection, evidenceSection, proofsSection, triageSection, writesSection } from './work-sections.ts';
import { countOf, tell, type Story, type WriteStory } from './story.ts';
import { count, dayOf, duration, number, timeOf } from './words.ts';

/**
 * The record of a run for a post-mortem: what can be pasted first, the complete log folded below it.
 *
 * @param lines the journal, whole
 * @returns     Markdown (GitHub flavour); the same lines give the same bytes
 */
export function transcriptMarkdown(lines: readonly JournalLine[]): string {
  const story = tell(lines);
  const sections = [
    head(story), timelineSection(story), triageSection(story), evidenceSection(story), choicesSection(story), writesSection(story), proofsSection(story),
    openSection(story), accountSection(story), exportSection(story), clusterSection(story), logSection(story), footer(story),
  ];
  return `${sections.filter((section) => section.length > 0).map((section) => section.join('\n').trimEnd()).join('\n\n')}\n`;
}

function head(story: Story): string[] {
  if (story.freeze !== null) return freezeHead(story, story.freeze);
  const { run, account } = story.state;
  const before = sessionsBefore(story.state);
  const shown = (n: number | null | undefined) => (n === null || n === undefined ? 'not known' : number(n));
  const back = story.writes.filter(({ undo }) => undo);
  const clients: [string, number][] = [
    ['proven', countOf(story, 'proven')], ['restored, no claim awaited', countOf(story, 'restored')], ['restored, not proven, accepted with a reason', countOf(story, 'accepted')],
    ['restored, **not proven**', countOf(story, 'not proven')], ['**failed**', countOf(story, 'failed')], ['unfinished', countOf(story, 'unfinished')], ['left', countOf(story, 'left')], ['taken back', countOf(story, 'taken back')],
  ];
  return [
    `# Recovery of Keycloak realm ${code(run?.realm ?? '')}, ${dayOf(story.from)}`,
    '',
    `**Summary.** ${summarySentence(story)}`,
    '',
    ...table(['Impact', ''], [
      ['Duration of the recovery', `${duration(story.milliseconds)} (${timeOf(story.from)}–${timeOf(story.to)} UTC)`],
      ['Target', `${code(run?.realm ?? '')} of ${code(hostOf(run?.url ?? ''))}, Keycloak ${prose(story.state.connection?.serverVersion ?? 'of unknown version')}`],
      ['Sessions before → after', `${shown(before)} → ${shown(account?.sessionsAfter)}${account ? ` (${number(account.sessionsLost.length)} lost, ${number(account.sessionsNew)} new)` : ''}`],
      ['Clients', clients.filter(([, n]) => n > 0).map(([word, n]) => `${n} ${word}`).join(', ') || 'none'],
      ['Writes', sentWords(story.writes.filter(({ undo }) => !undo), 'there')],
      ...(back.length > 0 ? [['Taken back', sentWords(back, 'taken back')]] : []),
    ]),
  ];
}

/** `3 sent once, each seen to be there afterwards`: every request of its own, also where one was sent again after it had been taken back. */
function sentWords(writes: readonly WriteStory[], seen: string): string {
  const unread = writes.filter(({ outcome }) => outcome !== 'read back' && outcome !== 'found by a look').length;
  return `${number(writes.length)} sent once${unread > 0 ? `, **${number(unread)} not seen to be ${seen}**` : writes.length > 0 ? `, each seen to be ${seen} afterwards` : ''}`;
}

function freezeHead(story: Story, { from, place }: FreezeInfo): string[] {
  const held = heldPauses(story.state.cluster);
  const paused = held.length === 0 ? 'Nothing is paused by it any more.' : `**Still paused**: ${held.map(({ object }) => `${object.resource.kind} ${code(object.name)}`).join(', ')}. To let it run again: ${code(`realm-rescue thaw ${story.id}`)}`;
  return [`# Freeze of the writer of ${code(from)}, ${dayOf(story.from)}`, '', `**Summary.** In context ${code(place)}. ${paused}`];
}

function timelineSection(story: Story): string[] {
  let day = '';
  const rows = momentsOf(story).map((moment) => {
    const time = dayOf(moment.at) === day ? timeOf(moment.at) : `${dayOf(moment.at)} ${timeOf(moment.at)}`;
    day = dayOf(moment.at);
    return [time, moment.text, reference(moment.evidence)];
  });
  return ['## Timeline', '', ...table(['Time (UTC)', 'Event', 'Evidence'], rows)];
}

function logSection(story: Story): string[] {
  const lines = story.lines.map((line) => `#${String(line.seq).padEnd(4)} ${line.at}  ${sanitise(logLine(line.event))}`);
  return ['<details>', `<summary>The complete log: ${count(lines.length, 'event')}</summary>`, '', ...fenced('text', lines), '', '</details>'];
}

function footer(story: Story): string[] {
  const { id, tool } = story;
  return ['---', '', `realm-rescue ${prose(tool)} · session ${code(id)} · ${count(story.lines.length, 'event')} · head ${code(story.head)} · verify with: ${code(`realm-rescue transcript verify ${id}`)}`];
}
