import { describe, expect, it } from 'vitest';
import { claimAt, excerpt } from '../../src/transcript/claims.ts';
import { expecting, proof } from './build.ts';

const rows = (...args: Parameters<typeof proof>) => excerpt(proof(...args)).map((row) => `${row.sign} ${row.text}`);

describe('the excerpt of a payload', () => {
  it('marks the awaited claim before and after, and what is still missing', () => {
    expect(rows(expecting('a', 'groups'), { payload: { azp: 'a', groups: ['x'], email: 'kim@example.com' }, before: { azp: 'a' } })).toEqual(['  "azp": "a"', '- "groups": not there', '+ "groups": ["x"]']);
    expect(rows(expecting('a', 'groups'), { outcome: 'not-proven', payload: { azp: 'a' } })).toEqual(['  "azp": "a"', '- "groups": not there']);
  });

  it('says nothing of a claim that was proven in another way than by this payload', () => {
    expect(rows(expecting('a', 'groups'), { way: 'userinfo', payload: { azp: 'a' }, before: null })).toEqual(['  "azp": "a"']);
    expect(rows(expecting('a', 'groups'), { way: 'attachment', payload: null })).toEqual([]);
  });

  it('finds a claim below names that hold dots themselves', () => {
    expect(claimAt({ resource_access: { 'my.app': { roles: ['r'] } } }, 'resource_access.my.app.roles')).toEqual(['r']);
    expect(claimAt({ 'https://x.y/z': 1 }, 'https://x.y/z')).toBe(1);
    expect(claimAt({ a: [] }, 'constructor')).toBeUndefined();
    expect(claimAt({}, '__proto__.polluted')).toBeUndefined();
  });
});
