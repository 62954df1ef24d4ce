import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseNumber } from '../../src/core/number-text.js';
import { tries } from '../kit/property.js';

describe('a text read as a number', () => {
  it.each<[string, number]>([
    ['0', 0],
    ['-0', -0],
    ['7', 7],
    ['007', 7],
    ['+1', 1],
    ['1.', 1],
    ['.5', 0.5],
    ['-.5e1', -5],
    ['1e-3', 0.001],
    ['1E+3', 1000],
    ['1e999', Infinity],
    ['-1e999', -Infinity],
    ['1e-999', 0],
    ['9007199254740993', 9007199254740992],
    [' 2 ', 2],
    ['2\n', 2],
    ['nan', NaN],
    ['NaN', NaN],
    ['-nan', NaN],
    ['inf', Infinity],
    ['+Inf', Infinity],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['-INFINITY', -Infinity],
  ])('is a number: %j', (text, number) => expect(parseNumber(text)).toBe(number));

  it.each([
    ...[
      '',
      ' ',
      '.',
      '-',
      '+',
      'e5',
      '1e',
      '1e+',
      '1.2.3',
      '1 2',
      '--1',
      '+-1',
      '-+inf',
      '0x10',
      '0b1',
      '0o7',
      '1_000',
      '1,5',
      '1n',
      '5%',
      '１',
    ],
    ...['True', 'None', 'null', 'infinit', 'nano', 'abc', '[1]', 'constructor', '-constructor', '__proto__', 'toString', 'hasOwnProperty'],
  ])('is none: %j', (text) => expect(parseNumber(text)).toBeNull());

  it('is every double that JavaScript prints', () => {
    fc.assert(
      fc.property(fc.double(), (number) => {
        expect(parseNumber(Object.is(number, -0) ? '-0' : String(number))).toBe(number);
      }),
      tries(1_000),
    );
  });

  it('is never anything but a number or null', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom(...'+-.eE019 infaINF') }),
          fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype)),
        ),
        (text) => {
          const number = parseNumber(text);
          expect(number === null || typeof number === 'number').toBe(true);
        },
      ),
      tries(2_000),
    );
  });
});
