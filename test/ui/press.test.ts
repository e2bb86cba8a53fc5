import { describe, expect, test } from 'vitest';
import { splitInput, type RawKey } from '../../src/ui/press.ts';

const ids = (input: string, key: RawKey = {}) => {
  const chunk = splitInput(input, key);
  return chunk.kind === 'keys' ? chunk.presses.map((press) => press.id) : chunk.kind;
};

describe('one read of the terminal as keys', () => {
  test.each<[string, string, RawKey, readonly string[] | string]>([
    ['a word with its Enter', 'yes\r', {}, ['y', 'e', 's', 'enter']],
    ['two keys at once', 'jj', {}, ['j', 'j']],
    ['Enter', '', { return: true }, ['enter']],
    ['Enter twice', '\r\r', {}, ['enter', 'enter']],
    ['CR LF is one Enter', 'a\r\n', {}, ['a', 'enter']],
    ['space', ' ', {}, ['space']],
    ['ctrl-c', 'c', { ctrl: true }, ['ctrl-c']],
    ['ctrl-c behind letters', 'ab\u0003', {}, ['a', 'b', 'ctrl-c']],
    ['backspace behind a letter', 'a\u007F', {}, ['a', 'backspace']],
    ['an arrow', '', { upArrow: true }, ['up']],
    ['ctrl and an arrow', '', { upArrow: true, ctrl: true }, ['ctrl-up']],
    ['shift-tab', '', { tab: true, shift: true }, ['shift-tab']],
    ['a capital', 'J', { shift: true }, ['J']],
    ['alt and a letter is nothing', 'p', { meta: true }, []],
    ['an emoji is one key', '👩‍💻', {}, ['👩‍💻']],
    ['text after a line end is a paste', 'primary\rprimary\r', {}, 'paste'],
    ['text after a line feed is a paste', 'a\nb', {}, 'paste'],
  ])('%s', (_name, input, key, expected) => expect(ids(input, key)).toEqual(expected));
});
