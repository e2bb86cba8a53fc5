import { describe, expect, it } from 'vitest';
import { readRealm } from '../harness/independent.ts';
import { bash, closeTerminal, pipeAway, signalHeadless, withPipe } from './lost.ts';
import { STATES } from './states.ts';

describe.each([['with a SIGHUP', true], ['without one', false]] as const)('the terminal is closed %s', (_, hangUp) => {
  describe.each(['ink', 'plain'] as const)('%s', (mode) => {
    const states = STATES.filter(({ only, ended }) => !ended && (only === undefined || only === mode));
    // Evidence that has not been named is asked for on a terminal.
    it.each(states.filter(({ world }) => world === undefined).map(({ name }) => name))('at %s', (name) => closeTerminal(mode, name, hangUp));
  });
});

describe('the reader of a pipe has gone', () => {
  it.each(['--json | head -1', '--no-input | head -1', '--json | true', '--json 2>&1 | true'])('recover %s', pipeAway);

  it.each(['--json', ''])('compare %s', (json) => withPipe(async ({ story, compare }) => {
    expect(await bash(`${compare} ${json} | true`, story.password)).toMatchObject({ exit: 2, stderr: json ? '' : expect.stringMatching(/^\d+ lost, .*\n$/) });
  }));
});

it('recover into a full disk goes on to its end, and says so', () => withPipe(async ({ story, recover }) => {
  expect(await bash(`${recover} --json > /dev/full`, story.password)).toMatchObject({ exit: 1, stderr: expect.stringContaining('What the command prints cannot be written (ENOSPC).') });
  expect((await readRealm(story.calls)).plain).toEqual(story.wanted);
}));

describe('a signal to a run without a terminal', () => {
  const MOMENTS = [
    ['the login', (path: string) => path.endsWith('/token')],
    ['the capture', (path: string) => path.includes('/clients?first=0')],
    ['the first write', (_: string, write: boolean) => write],
    ['a proof', (path: string, _: boolean, writes: number) => writes > 0 && path.includes('/generate-example-access-token')],
  ] as const;
  const SIGNALS = [['SIGINT', 'SIGINT'], ['SIGTERM'], ['SIGHUP']] as const;

  it.each(MOMENTS.flatMap(([name, wanted]) => SIGNALS.map((signals) => [signals.join(', '), name, wanted, signals] as const)))('%s at %s', (_, __, wanted, signals) => signalHeadless(signals, ({ path, write, writes }) => wanted(path, write, writes)));
});
