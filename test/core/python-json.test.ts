import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plainJson, readPythonJson } from '../../src/core/python-json.js';

const read = (text: string): unknown => {
  const found = readPythonJson(text);
  return found && plainJson(found.value);
};

describe('JSON as Python writes it', () => {
  it('has NaN and infinities as texts, and leaves texts that look like them alone', () => {
    expect(read('{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN, \\"Infinity\\"", "NaN": 1}')).toEqual({
      ...{ a: 'NaN', b: ['Infinity', '-Infinity'], c: 'NaN, "Infinity"', NaN: 1 },
    });
    expect(read('[9007199254740993, 1e-06, -0.5]')).toEqual(['9007199254740993', 1e-6, -0.5]);
  });

  it.each(['NaNo', '{"a": Inf}', '["NaN', '{"a": NaN', 'Infinity1', '--Infinity', ''])('is none: %s', (text) =>
    expect(readPythonJson(text)).toBeNull(),
  );

  it('of any value is that value, integers beyond 2^53 as texts', () => {
    const exact = (_name: string, value: unknown) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(String(value)) ? String(value) : value;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        expect(read(text)).toEqual(JSON.parse(text, exact));
      }),
    );
  });

  it('that never ends is given up after one look at each letter', () => {
    expect(readPythonJson(`NaN${'"\\'.repeat(5_000_000)}`)).toBeNull();
  });
});
