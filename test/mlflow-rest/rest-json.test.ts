import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import { describe, expect, it } from 'vitest';

import { parseBody, toJson, toPythonJson } from '../../src/mlflow-rest/rest-json.js';
import { tries } from '../kit/property.js';

describe('JSON of MLflow’s API', () => {
  it('gives back every double and every 64-bit integer', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (double, long) => {
        const { d, i } = parseBody(toJson({ d: double, i: long })) as Record<string, LosslessNumber>;
        expect(Number(d!.value)).toBe(double === 0 ? 0 : double);
        expect(BigInt(i!.value)).toBe(long);
      }),
      tries(300),
    );
  });

  it('gives back every text, key and nesting', () => {
    const value = fc.object({ maxDepth: 5, values: [fc.string({ unit: 'grapheme' }), fc.boolean(), fc.constant(null)] });
    fc.assert(
      fc.property(value, (object) => {
        expect(parseBody(toJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
      tries(300),
    );
  });

  it('keeps the sign of -0 and the size of a number no double can hold, on the way in', () => {
    expect(parseBody('{"a":-0,"b":1e400}')).toEqual({ a: new LosslessNumber('-0'), b: new LosslessNumber('1e999') });
  });

  it('has texts for what is no number, and leaves out what is undefined', () => {
    expect(toJson({ a: NaN, b: [-Infinity, undefined], c: undefined, d: -0 })).toBe('{"a":"NaN","b":["-Infinity",null],"d":0}');
  });

  it('is refused when it is deeper than any request, whichever way it is read', () => {
    for (const leaf of ['1', '12345678901234567890']) {
      const nested = (depth: number) => `{"a":${'['.repeat(depth)}${leaf}${']'.repeat(depth)}}`;
      expect(() => parseBody(nested(19))).not.toThrow();
      for (const depth of [20, 5_000, 200_000]) expect(() => parseBody(nested(depth))).toThrow('The body is not JSON');
    }
  });

  it('is written into messages as Python writes it', () => {
    expect(toPythonJson({ b: 'é🙂', a: [1n as never] })).toBe('{"a":[1],"b":"\\u00e9\\ud83d\\ude42"}');
  });
});
