/** Words that several screens share. */
import { KIND_NOUNS } from '../../realm/kind-names.ts';
import type { Choice, Difference, KindName } from '../../realm/model.ts';
import type { Proof, StepName } from '../../runbook/model.ts';

export const STEP_TITLE: Readonly<Record<StepName, string>> = {
  connect: 'Connect', freeze: 'Freeze', capture: 'Capture', triage: 'Triage', evidence: 'Evidence', compare: 'Compare', choose: 'Choose',
  restore: 'Restore', prove: 'Prove', account: 'Account', export: 'Export', thaw: 'Thaw', transcript: 'Transcript',
};

/** How lists call one object of a kind. */
export function kindNoun(kind: KindName): string {
  return KIND_NOUNS[kind] ?? kind;
}

export const CHANGE_WORD: Readonly<Record<Difference['change'], string>> = { 'lost': 'lost', 'changed': 'changed', 'live-only': 'live only' };

export const CHOICE_WORD: Readonly<Record<Choice | 'mixed', string>> = { restore: 'restore', keep: 'keep', leave: 'leave', mixed: 'mixed' };

/** How a proof was made, and what that way leaves untouched. */
export const WAY_WORDS: Readonly<Record<Proof['way'], string>> = {
  'preview': 'preview, no session was created',
  'client-credentials': 'client_credentials token',
  'refresh': 'token refreshed from a session of before',
  'userinfo': 'userinfo',
  'attachment': 'the mapper is attached; no token was issued',
  'granted-roles': 'the granted roles were read; no token was issued',
  'none': 'no way can show it',
};

/** A source as a list shows it: the commit of a git source, the file name of a file. */
export function shortSource(source: string | null): string {
  if (source === null) return 'no source';
  const git = /^git:.*@([^@]+)$/.exec(source);
  if (git) return `git ${(git[1] ?? '').slice(0, 7)}`;
  const file = /^(?:file|snapshot):(.*)$/.exec(source);
  return file ? (file[1] ?? '').split('/').at(-1) ?? source : source;
}

/** `11 min 04 s`; `4 s` below a minute. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `Nov 12, 14:02` in UTC; an unreadable date stays as it is. */
export function shortDate(iso: string | null): string {
  if (iso === null) return '';
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = date.toLocaleDateString('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' });
  return `${day}, ${date.toISOString().slice(11, 16)}`;
}
