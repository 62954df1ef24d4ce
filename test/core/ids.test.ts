import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeId, encodeId, nodeTypes, tryDecodeId } from '../../src/core/ids.js';
import { tries } from '../kit/property.js';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).filter((one) => Buffer.from(one).toString() === one),
  fc.constantFrom('', ':', '%', '%3A', 'a:b', 'a/b?c#d', '😀'),
);

describe('a global id', () => {
  it('brings back type, source and native id, whatever they are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...nodeTypes), text, text, (type, source, nativeId) => {
        const id = encodeId(type, source, nativeId);
        expect(tryDecodeId(id)).toEqual({ type, source, nativeId });
        expect(decodeId(type, id, 'id')).toEqual({ type, source, nativeId });
      }),
      tries(500),
    );
  });

  it('is different for different things', () => {
    fc.assert(
      fc.property(text, text, text, text, (a, b, c, d) => {
        expect(encodeId('Run', a, b) === encodeId('Run', c, d)).toBe(a === c && b === d);
      }),
      tries(300),
    );
  });

  it('is made of characters that the path of a URL keeps as they are', () => {
    fc.assert(
      fc.property(text, text, (source, nativeId) => {
        const id = encodeId('Run', source, nativeId);
        expect(new URL(`http://host/runs/${id}`).pathname).toBe(`/runs/${id}`);
        expect(id).toMatch(/^[\w\-.!~*'():%]+$/);
      }),
      tries(300),
    );
  });

  it.each(['', 'Run', 'Run:local', 'Run:local:a:b', 'Nothing:local:a', 'run:local:a', 'Run:local:%', 'Run:local:%FF', ' Run:local:a'])(
    'is not %j',
    (textOfNone) => {
      expect(tryDecodeId(textOfNone)).toBeNull();
      expect(() => decodeId('Run', textOfNone, 'run')).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT', detail: { argument: 'run' } }),
      );
    },
  );

  it('of one type is refused where another is asked for', () => {
    expect(() => decodeId('Run', encodeId('Experiment', 'local', '1'), 'run')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
