import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { RescueError } from '../realm/errors.ts';
import type { Choice } from '../realm/model.ts';
import type { RunSettings } from '../runbook/model.ts';
import type { Flags } from './options.ts';

export const CHOICES = ['restore', 'keep', 'leave'] as const;

/**
 * What flags and the answers file decide beforehand.
 * @throws RescueError `usage` for a choice that is none and for an answers file that cannot be read
 */
export async function runSettings(flags: Flags, defaults: Partial<RunSettings> = {}): Promise<RunSettings> {
  return {
    lost: choiceFlag('lost', flags.lost) ?? defaults.lost ?? 'ask',
    changed: choiceFlag('changed', flags.changed) ?? defaults.changed ?? 'ask',
    liveOnly: choiceFlag('live-only', flags['live-only']) ?? defaults.liveOnly ?? 'ask',
    clients: flags.client ?? [],
    answers: flags.answers ? (await import('./answers.ts')).readAnswers(flags.answers, readText(flags.answers, '--answers')) : {},
    confirm: flags.confirm ?? defaults.confirm ?? null,
    probeUser: flags['probe-user'] ?? null,
    evidence: flags.evidence ?? defaults.evidence ?? [],
    frozen: flags.frozen ?? defaults.frozen ?? null,
    thawed: flags.thawed ?? null,
    from: flags.from ?? defaults.from ?? null,
    terminate: flags.terminate ?? defaults.terminate ?? false,
    makeSafe: flags['make-safe'] ?? defaults.makeSafe ?? false,
    repo: flags.repo ? workingTree(flags.repo) : (defaults.repo ?? null),
    out: flags.out ? resolve(flags.out) : null,
    branch: flags.branch ?? null,
    acceptUnproven: flags['accept-unproven'] ?? null,
  };
}

function choiceFlag(name: string, value: string | undefined): Choice | 'ask' | undefined {
  if (value === undefined || value === 'ask') return value;
  const choice = CHOICES.find((known) => known === value);
  if (!choice) throw new RescueError('usage', `--${name} takes restore, keep, leave or ask, not "${value}".`, [`Give --${name} restore, or another of the four.`]);
  return choice;
}

function workingTree(directory: string): string {
  const path = resolve(directory);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new RescueError('usage', `--repo names ${directory}, which is no directory.`, ['Name the git working tree that holds the realm files, such as --repo .']);
  return path;
}

/** A small text file that a flag names. */
export function readText(file: string, flag: string): string {
  try {
    return readFileSync(resolve(file), 'utf8');
  } catch (error) {
    throw new RescueError('usage', `${flag} names ${file}, which cannot be read${error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''}.`, ['Check the path; it is taken from the directory in which the tool was started.'], { cause: error });
  }
}
