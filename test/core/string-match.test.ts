import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesString } from '../../src/core/string-match.js';

/** The same question to a regular expression. */
const byRegExp = (text: string, pattern: string, flags: string): boolean =>
  new RegExp(
    `^${[...pattern].map((c) => (c === '%' ? '.*' : c === '_' ? '.' : `\\u{${c.codePointAt(0)!.toString(16)}}`)).join('')}$`,
    `su${flags}`,
  ).test(text);

const short = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'ü', 'Ü', '😀', '.', '%', '_'), maxLength: 8 });

describe('a pattern', () => {
  it('fits the texts that a regular expression of the same meaning fits', () => {
    fc.assert(
      fc.property(short, short, (text, pattern) => {
        expect(matchesString({ like: pattern }, text)).toBe(byRegExp(text, pattern, ''));
        expect(matchesString({ ilike: pattern }, text)).toBe(byRegExp(text, pattern, 'i'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('with many gaps against a long text is answered all the same', () => {
    expect(matchesString({ like: `${'%a'.repeat(200)}%b` }, 'a'.repeat(2_000))).toBe(false);
  });
});

it('a condition holds when all its members do', () => {
  const loss = (condition: Parameters<typeof matchesString>[0]) => matchesString(condition, 'val/loss');
  expect([loss({}), loss({ eq: 'val/loss', contains: '/', startsWith: 'val', endsWith: 'loss', isNull: false })]).toEqual([true, true]);
  expect([
    loss({ neq: 'val/loss' }),
    loss({ in: [] }),
    loss({ nin: ['val/loss'] }),
    loss({ isNull: true }),
    loss({ startsWith: 'val', like: '_' }),
  ]).toEqual(Array(5).fill(false));
});
