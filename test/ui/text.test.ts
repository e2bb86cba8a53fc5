import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth, padTo, sanitise, truncateEnd, truncateMiddle } from '../../src/ui/text.ts';
import { fit, line, lineText, lineWidth, span, wrap } from '../../src/ui/view/line.ts';

describe('sanitise', () => {
  test.each([
    ['colour', 'a\u001B[31mred\u001B[0mb', 'a\uFFFDred\uFFFDb'],
    ['clear screen', '\u001B[2J\u001B[1;1Hx', '\uFFFDx'],
    ['clipboard, ended by BEL', 'a\u001B]52;c;AAAA\u0007b', 'a\uFFFD52;c;AAAA\uFFFDb'],
    ['title, ended by ESC \\', 'a\u001B]0;title\u001B\\b', 'a\uFFFD0;title\uFFFDb'],
    ['a name that opens a sequence hides nothing of the sentence behind it', 'a\u001B]0; is not restored: b\u0007', 'a\uFFFD0; is not restored: b\uFFFD'],
    ['device control string', 'a\u001BPq#0\u001B\\b', 'a\uFFFDq#0\uFFFDb'],
    ['one-byte CSI', 'a\u009B31mb', 'a\uFFFDb'],
    ['one-byte OSC', 'a\u009D0;t\u009Cb', 'a\uFFFD0;t\uFFFDb'],
    ['a lone escape at the end', 'a\u001B', 'a\uFFFD'],
    ['bidi override', 'user\u202Egnp.exe', 'user\uFFFDgnp.exe'],
    ['fillers, joiners and selectors where they join and select nothing', 'ad\u3164min\u200Dx\uFE01\u034F\u{E0100}', 'ad\uFFFDmin\uFFFDx\uFFFD'],
    ['zero width and byte order mark', 'ad\u200Bmin\uFEFF', 'ad\uFFFDmin\uFFFD'],
    ['bell, backspace, delete', 'a\u0007\b\u007Fb', 'a\uFFFDb'],
    ['line breaks and tabs', 'a\r\nb\tc\u2028d', 'a b c d'],
    ['a lone surrogate', 'a\uD800b', 'a\uFFFDb'],
    ['ordinary text of any script', 'Zoë 漢字 👩‍💻 ❤️ नमस्ते می\u200Cخواهم क्\u200Dष', 'Zoë 漢字 👩‍💻 ❤️ नमस्ते می\u200Cخواهم क्\u200Dष'],
  ])('%s', (_name, given, expected) => expect(sanitise(given)).toBe(expected));

  test('two names that differ only in what cannot be seen do not look alike', () => expect(sanitise('admin\u200B')).not.toBe(sanitise('admin')));

  test('nothing that controls a terminal gets through, whatever comes in', () => {
    const nasty = fc.string({ unit: fc.constantFrom('a', ' ', '\u001B', '[', ']', '0', ';', 'm', '\u0007', '\\', '\r', '\n', '\u009B', '\u202E', '\u0000', '漢', '\u{E0041}') });
    fc.assert(fc.property(nasty, (text) => {
      const clean = sanitise(text);
      expect(clean).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u);
      expect(sanitise(clean)).toBe(clean);
    }));
  });

});

describe('width', () => {
  test.each([['abc', 3], ['漢字', 4], ['é', 1], ['e\u0301', 1], ['👍', 2], ['👩‍💻', 2], ['ﾊﾝ', 2], ['✓ → …', 5], ['', 0]])('%s takes %i cells', (text, cells) => expect(displayWidth(text)).toBe(cells));

  test('cutting keeps to the width and shows that something is gone', () => {
    expect(truncateEnd('charts/keycloak', 8)).toBe('charts/…');
    expect(truncateMiddle('7d0e1234-5678-beef', 9)).toBe('7d0e…beef');
    expect(truncateMiddle('漢字漢字漢字', 7)).toBe('漢…字');
    expect(truncateEnd('abc', 3)).toBe('abc');
    expect(truncateMiddle('abc', 0)).toBe('');
    expect(padTo('漢', 4)).toBe('漢  ');
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, width) => {
      const clean = sanitise(text);
      expect(displayWidth(truncateEnd(clean, width))).toBeLessThanOrEqual(Math.max(width, 0));
      expect(displayWidth(truncateMiddle(clean, width))).toBeLessThanOrEqual(Math.max(width, 0));
    }));
  });
});

describe('lines', () => {
  test('wrapping keeps every word, and never gets wider than the screen', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '漢', '-'), minLength: 1, maxLength: 30 }), { minLength: 1 });
    fc.assert(fc.property(words, fc.integer({ min: 20, max: 60 }), fc.nat(6), (given, width, indent) => {
      const lines = wrap(line(span('ok', given.join(' '))), width, indent);
      expect(lines.every((of) => lineWidth(of) <= width)).toBe(true);
      expect(lines.map(lineText).join('').replaceAll(' ', '')).toBe(given.join(''));
    }));
  });

  test('wrapping goes between words and hangs', () => {
    expect(wrap(line('label  one two three four'), 16, 7).map(lineText)).toEqual(['label  one two', '       three', '       four']);
  });

  test('a line that fits exactly is not cut; one cell more is', () => {
    expect(lineText(fit(line('ab', span('ok', 'cd')), 4))).toBe('abcd');
    expect(lineText(fit(line('ab', span('ok', 'cd'), 'e'), 4))).toBe('abc…');
  });
});
