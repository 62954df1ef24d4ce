import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareCodePoints, isStorableText } from '../../src/core/text.js';
import { tries } from '../kit/property.js';

const text = fc.oneof(
  fc.string({ unit: 'binary' }).filter((one) => Buffer.from(one).toString() === one),
  // Neighbours of the surrogates, where UTF-16 and code points disagree.
  fc.string({ unit: fc.constantFrom('a', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}', '😀', '😁'), maxLength: 3 }),
);

describe('texts in the order of their code points', () => {
  it('are in the order of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(compareCodePoints(a, a)).toBe(0);
      }),
      tries(3_000),
    );
  });

  it('put emoji after all of the basic plane, unlike UTF-16', () => {
    expect(['😀', '\uffee', 'ﬀ', '字', 'a'].sort(compareCodePoints)).toEqual(['a', '字', 'ﬀ', '\uffee', '😀']);
  });
});

describe('a text every store keeps as it is', () => {
  it('is one that survives UTF-8 and has no NUL', () => {
    const unit = fc.constantFrom('a', '\0', '\ud800', '\udbff', '\udc00', '\udfff', '😀', '\ud7ff', '\ue000');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit, maxLength: 5 }), fc.string({ unit: 'binary' })), (one) => {
        expect(isStorableText(one)).toBe(Buffer.from(one).toString() === one && !one.includes('\0'));
      }),
      tries(2_000),
    );
  });

  it.each(['', 'plain', '字😀', '\ue000\uffff', '\n\t'])('is %j', (one) => expect(isStorableText(one)).toBe(true));
  it.each(['\0', 'a\0b', '\ud800', '\udc00', '\udc00\ud800', '😀\ud83d', '\ud83d😀'])('is not %j', (one) =>
    expect(isStorableText(one)).toBe(false),
  );
});
