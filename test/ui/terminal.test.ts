import { describe, expect, test } from 'vitest';
import { prepareColor } from '../../src/ui/color.ts';
import { decideTerminal, widthClass, type TerminalFacts } from '../../src/ui/terminal.ts';

const TTY: TerminalFacts = { flags: {}, env: { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' }, stdinIsTTY: true, stdoutIsTTY: true, columns: 120, rows: 40 };
const facts = (change: Partial<TerminalFacts>, env: Record<string, string | undefined> = {}): TerminalFacts => ({ ...TTY, ...change, env: { ...TTY.env, ...env } });

describe('the mode', () => {
  test.each<[string, TerminalFacts, string]>([
    ['a terminal', TTY, 'ink'],
    ['--json', facts({ flags: { json: true } }), 'json'],
    ['--json beats everything', facts({ flags: { json: true, accessible: true }, stdinIsTTY: false }), 'json'],
    ['stdin is a pipe', facts({ stdinIsTTY: false }), 'headless'],
    ['stdout is a pipe: nobody would see the questions', facts({ stdoutIsTTY: false }), 'headless'],
    ['stdout is a pipe with --interactive', facts({ stdoutIsTTY: false, flags: { interactive: true } }), 'plain-prompts'],
    ['--no-input', facts({ flags: { noInput: true } }), 'headless'],
    ['--no-input beats --interactive', facts({ flags: { noInput: true, interactive: true } }), 'headless'],
    ['CI', facts({}, { CI: 'true' }), 'headless'],
    ['CI=0', facts({}, { CI: '0' }), 'ink'],
    ['CI=false', facts({}, { CI: 'false' }), 'ink'],
    ['CI with --interactive', facts({ flags: { interactive: true } }, { CI: '1' }), 'ink'],
    ['TERM=dumb', facts({}, { TERM: 'dumb' }), 'plain-prompts'],
    ['no TERM', facts({}, { TERM: undefined }), 'plain-prompts'],
    ['--accessible', facts({ flags: { accessible: true } }), 'plain-prompts'],
    ['ACCESSIBLE', facts({}, { ACCESSIBLE: '1' }), 'plain-prompts'],
    ['ACCESSIBLE=0', facts({}, { ACCESSIBLE: '0' }), 'ink'],
    ['INK_SCREEN_READER', facts({}, { INK_SCREEN_READER: 'true' }), 'plain-prompts'],
  ])('%s', (_name, given, mode) => expect(decideTerminal(given).mode).toBe(mode));
});

describe('colour', () => {
  test.each<[string, TerminalFacts, boolean]>([
    ['a terminal', TTY, true],
    ['NO_COLOR', facts({}, { NO_COLOR: '1' }), false],
    ['an empty NO_COLOR says nothing', facts({}, { NO_COLOR: '' }), true],
    ['FORCE_COLOR beats NO_COLOR', facts({}, { NO_COLOR: '1', FORCE_COLOR: '1' }), true],
    ['FORCE_COLOR=0', facts({}, { FORCE_COLOR: '0' }), false],
    ['--no-color beats FORCE_COLOR', facts({ flags: { noColor: true } }, { FORCE_COLOR: '1' }), false],
    ['TERM=dumb', facts({}, { TERM: 'dumb' }), false],
    ['headless', facts({ stdoutIsTTY: false }), false],
    ['headless with FORCE_COLOR', facts({ stdoutIsTTY: false }, { FORCE_COLOR: '3' }), true],
    ['JSON never', facts({ flags: { json: true } }, { FORCE_COLOR: '3' }), false],
  ])('%s', (_name, given, color) => expect(decideTerminal(given).color).toBe(color));

  test.each<[Record<string, string>, readonly string[], string | undefined]>([
    [{ NO_COLOR: '1' }, [], '0'],
    [{ NO_COLOR: '' }, [], undefined],
    [{}, [], undefined],
    [{ NO_COLOR: '1', FORCE_COLOR: '2' }, [], '2'],
    [{ FORCE_COLOR: '2' }, ['--no-color'], '0'],
  ])('is told to chalk before it is loaded: %o %o', (env, argv, expected) => {
    const copy: Record<string, string | undefined> = { ...env };
    prepareColor(copy, argv);
    expect(copy['FORCE_COLOR']).toBe(expected);
  });
});

describe('glyphs and size', () => {
  test.each<[string, TerminalFacts, boolean]>([
    ['UTF-8', TTY, true],
    ['no locale', facts({}, { LANG: undefined }), true],
    ['C', facts({}, { LANG: 'C' }), false],
    ['LC_ALL beats LANG', facts({}, { LC_ALL: 'POSIX' }), false],
    ['the Linux console', facts({}, { TERM: 'linux' }), false],
    ['--ascii', facts({ flags: { ascii: true } }), false],
  ])('%s', (_name, given, unicode) => expect(decideTerminal(given).unicode).toBe(unicode));

  test('an unknown size is 80x24', () => expect(decideTerminal(facts({ columns: undefined, rows: 0 }))).toMatchObject({ columns: 80, rows: 24, width: 'medium' }));
  test.each([[40, 'narrow'], [59, 'narrow'], [60, 'medium'], [99, 'medium'], [100, 'wide']])('%i columns are %s', (columns, width) => expect(widthClass(columns)).toBe(width));
});
