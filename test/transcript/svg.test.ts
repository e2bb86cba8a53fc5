import { describe, expect, it } from 'vitest';
import { transcriptCast } from '../../src/transcript/cast.ts';
import { castToSvg } from '../../src/transcript/svg.ts';
import { fullJournal } from './fixtures.ts';
import { HOSTILE, hostileJournal } from './hostile.ts';

const cast = transcriptCast(fullJournal);

/** Names of elements in order, and a check that they nest: enough of XML for what we write. */
function elements(svg: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (const [, close, name = '', attributes = ''] of svg.matchAll(/<(\/?)([a-z]+)([^<>]*)>/g)) {
    if (close === '/') expect(open.pop()).toBe(name);
    else {
      names.push(name);
      if (!attributes.endsWith('/')) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return names;
}

describe('the picture of a screen', () => {
  it('is made of rectangles and text alone, with nothing from elsewhere', () => {
    const svg = castToSvg(cast, 'Prove api-gateway');
    expect(new Set(elements(svg))).toEqual(new Set(['svg', 'title', 'rect', 'path', 'circle', 'text', 'g']));
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@font-face|href/);
    expect(svg).toContain('>OK</text>');
    expect(svg).toContain('>+ &quot;scope&quot;: &quot;profile email orders:read&quot;</text>');
  });

  it('holds every run of text on the grid of 80 columns', () => {
    const svg = castToSvg(cast);
    const width = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
    for (const [, x, length] of svg.matchAll(/<text x="([\d.]+)" y="[\d.]+" textLength="([\d.]+)"/g)) expect(Number(x) + Number(length)).toBeLessThanOrEqual(width - 16 + 0.1);
  });

  it('is the same bytes each time, and another for another chapter', () => {
    expect(castToSvg(cast)).toBe(castToSvg(transcriptCast(fullJournal)));
    expect(castToSvg(cast, 'Choose')).not.toBe(castToSvg(cast));
  });

  it('stays well formed with hostile text', () => {
    for (const hostile of HOSTILE) expect(new Set(elements(castToSvg(transcriptCast(hostileJournal(hostile)))))).not.toContain('script');
  });
});
