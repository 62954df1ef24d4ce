import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createCursorCodec, type CursorValue } from '../../src/core/cursor.js';
import { tries } from '../kit/property.js';

const codec = createCursorCodec('secret');
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\ud800'), fc.constant('{"i":"1"}'));
const value: fc.Arbitrary<CursorValue> = fc.letrec<{ value: CursorValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, NaN, Infinity, -Infinity, -0, 2 ** 53 + 2),
    text,
    fc.double(),
    fc.bigInt(),
    fc.array(tie('value')),
  ),
})).value;

describe('a cursor', () => {
  it('brings back every value as it went in: NaN, -0, infinities and big integers, at any depth', () => {
    fc.assert(
      fc.property(value, fc.string(), (given, kind) => {
        expect(codec.decode(kind, codec.encode(kind, given), 'after')).toEqual(given);
      }),
      tries(1_000),
    );
  });

  it('is safe in a URL as it is', () => {
    fc.assert(
      fc.property(value, (given) => {
        const cursor = codec.encode('runs', given);
        expect(encodeURIComponent(cursor)).toBe(cursor);
      }),
      tries(200),
    );
  });

  it('is refused when any of its characters was changed, added or left out', () => {
    const others = [...'ABYZabyz0189-_.+/=~ \0é'];
    fc.assert(
      fc.property(value, fc.nat(), fc.constantFrom(...others, ''), fc.nat(1), (given, at, other, replaced) => {
        const cursor = codec.encode('runs', given);
        const position = at % (cursor.length + 1);
        const changed = cursor.slice(0, position) + other + cursor.slice(position + replaced);
        fc.pre(changed !== cursor);
        expect(() => codec.decode('runs', changed, 'after')).toThrow(
          expect.objectContaining({ code: 'CURSOR_INVALID', detail: { argument: 'after' } }),
        );
      }),
      tries(2_000),
    );
  });

  it('is refused in the other alphabet of base64, which decodes to the same bytes', () => {
    const cursors = Array.from({ length: 200 }, (_, index) => codec.encode('runs', index)).filter((cursor) => /[-_]/.test(cursor));
    expect(cursors.length).toBeGreaterThan(0);
    for (const cursor of cursors) {
      const standard = cursor.replaceAll('-', '+').replaceAll('_', '/');
      expect(() => codec.decode('runs', standard, 'after')).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    }
  });

  it('is refused by another kind of question and by a server with another secret', () => {
    const cursor = codec.encode('runs', [1, 'a']);
    expect(() => codec.decode('tail', cursor, 'after')).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    expect(() => createCursorCodec('other').decode('runs', cursor, 'after')).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    expect(createCursorCodec('secret').decode('runs', cursor, 'after')).toEqual([1, 'a']);
  });

  it.each(['', '.', 'a', 'a.', '.a', 'a.b.c', 'null', '💥.💥'])('is not %j', (textOfNone) => {
    expect(() => codec.decode('runs', textOfNone, 'before')).toThrow(
      expect.objectContaining({ code: 'CURSOR_INVALID', detail: { argument: 'before' } }),
    );
  });
});
