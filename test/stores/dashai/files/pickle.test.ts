import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { HomeFileFailure } from '../../../../src/stores/dashai/files/home-file-failure.js';
import { readPickle } from '../../../../src/stores/dashai/files/pickle.js';
import { pickleJson, type PickleValue } from '../../../../src/stores/dashai/files/pickle-value.js';
import { tries } from '../../../kit/property.js';

interface Written {
  readonly read: readonly { readonly name: string; readonly value: unknown; readonly pickles: Readonly<Record<string, string>> }[];
  readonly refused: readonly { readonly name: string; readonly protocol: number; readonly pickle: string }[];
  readonly cyclic: readonly string[];
}

const fixtures = new URL('../../../fixtures/dashai/', import.meta.url);
const written = JSON.parse(readFileSync(new URL('pickles.json', fixtures), 'utf8')) as Written;
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const file = (path: string) => new Uint8Array(readFileSync(new URL(path, fixtures)));
const pickle = (...parts: (string | number | Uint8Array)[]) =>
  new Uint8Array(
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(typeof part === 'number' ? [part] : part))),
    ),
  );

/** A value as the script that wrote the pickles writes it. */
function exact(value: PickleValue): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'number') return { float: bits(value) };
  if (typeof value === 'string') return { text: Buffer.from(value, 'utf16le').swap16().toString('hex') };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (value instanceof Map)
    return { dict: [...(value as ReadonlyMap<PickleValue, PickleValue>)].map(([key, item]) => [exact(key), exact(item)]) };
  return (value as readonly PickleValue[]).map(exact);
}

const bits = (value: number): string => {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(value);
  return buffer.toString('hex');
};

/** The code with which a pickle is refused, `read` when it is not. */
function outcome(bytes: Uint8Array): string {
  try {
    pickleJson(readPickle(bytes));
    return 'read';
  } catch (error) {
    if (error instanceof HomeFileFailure) return error.code;
    throw error;
  }
}

describe('a pickle of plain values', () => {
  const cases = written.read.flatMap(({ name, value, pickles }) =>
    Object.entries(pickles).map(([protocol, base64]) => ({ name, value, protocol, base64 })),
  );

  it.each(cases)('holds what Python put into it: $name, protocol $protocol', ({ value, base64 }) => {
    expect(exact(readPickle(bytesOf(base64)))).toEqual(value);
  });

  it('keeps shared references shared', () => {
    const { pickles } = written.read.find(({ name }) => name === 'shared references')!;
    const [first, second, third] = readPickle(bytesOf(pickles['4']!)) as [PickleValue, PickleValue, Map<string, PickleValue>];
    expect(second).toBe(first);
    expect(third.get('again')).toBe(first);
  });

  it('becomes JSON in which big integers and what is no number are texts', () => {
    const value = readPickle(pickle('(lp0\nL9007199254740993L\naI1\naFnan\naF-inf\naF-0.0\naI01\naN', 'aV\\u00e9\na.'));
    expect(pickleJson(value)).toEqual(['9007199254740993', 1, 'NaN', '-Infinity', -0, true, null, 'é']);
  });

  it('becomes JSON whose names are those json.dumps makes', () => {
    const json = pickleJson(readPickle(pickle('(dI1\nI2\nsF1\nI3\nsN', 'I4\nsI01\nI5\nsV__proto__\nI6\ns.')));
    expect(Object.entries(json as object)).toEqual([
      ['1', 2],
      ['1.0', 3],
      ['null', 4],
      ['true', 5],
      ['__proto__', 6],
    ]);
  });
});

describe('a pickle that would run something', () => {
  it.each(written.refused.filter(({ name, protocol }) => !(name === 'a set' && protocol >= 4)))(
    'is refused: $name, protocol $protocol',
    ({ pickle: base64 }) => {
      expect(outcome(bytesOf(base64))).toBe('NEEDS_PYTHON');
    },
  );

  it.each([
    ['GLOBAL', pickle('cos\nsystem\n.')],
    ['STACK_GLOBAL', pickle('Vos\nVsystem\n', 0x93, '.')],
    ['REDUCE', pickle('N)R.')],
    ['BUILD', pickle('NNb.')],
    ['INST', pickle('(ios\nsystem\n.')],
    ['OBJ', pickle('(No.')],
    ['NEWOBJ', pickle('N)', 0x81, '.')],
    ['NEWOBJ_EX', pickle('N)}', 0x92, '.')],
    ['EXT1', pickle(0x82, 1, '.')],
    ['EXT2', pickle(0x83, 1, 0, '.')],
    ['EXT4', pickle(0x84, 1, 0, 0, 0, '.')],
    ['PERSID', pickle('Pid\n.')],
    ['BINPERSID', pickle('NQ.')],
  ])('is refused at its %s', (_, bytes) => {
    expect(outcome(bytes)).toBe('NEEDS_PYTHON');
  });

  it('is refused although the value is thrown away again', () => {
    expect(outcome(pickle('cos\nsystem\n0N.'))).toBe('NEEDS_PYTHON');
  });

  it('is refused as not supported when it holds a set, a text of Python 2 or a later protocol', () => {
    expect([pickle(0x8f, '.'), pickle("S'a'\n."), pickle(0x80, 6, 'N.'), pickle(0x97, '.')].map(outcome)).toEqual(
      Array(4).fill('UNSUPPORTED'),
    );
  });
});

describe('a hostile pickle', () => {
  it('is refused when it contains itself', () => {
    expect(written.cyclic.map(bytesOf).map(outcome)).toEqual(Array(written.cyclic.length).fill('DAMAGED'));
  });

  it('is refused when its shared references mean more values than fit anywhere', () => {
    const doubling = pickle(']', ...Array.from({ length: 60 }, () => [0x32, 0x86]).flat(), '.');
    expect(outcome(doubling)).toBe('TOO_LARGE');
  });

  it.each([
    ['lists in lists', pickle('('.repeat(5000), 'l'.repeat(5000), '.'), 'DAMAGED'],
    ['tuples in tuples', pickle(')', new Uint8Array(100_000).fill(0x85), '.'), 'DAMAGED'],
    ['a text longer than the pickle', pickle('X', new Uint8Array([0xff, 0xff, 0xff, 0xff]), '.'), 'DAMAGED'],
    ['a text of 2^64 bytes', pickle(0x8d, new Uint8Array(8).fill(0xff), '.'), 'DAMAGED'],
    ['an integer of a megabyte', pickle(0x8b, new Uint8Array([0, 0, 16, 0]), new Uint8Array(1 << 20), '.'), 'TOO_LARGE'],
    ['an integer of 5,000 digits', pickle('I', '9'.repeat(5000), '\n.'), 'TOO_LARGE'],
    ['millions of values', pickle(new Uint8Array(5_000_000).fill(0x5d), '.'), 'TOO_LARGE'],
    ['more than 32 MB', new Uint8Array(32 * 1024 * 1024 + 1), 'TOO_LARGE'],
    ['no end', pickle('N'), 'DAMAGED'],
    ['nothing', pickle(), 'DAMAGED'],
    ['nothing on the stack', pickle('.'), 'DAMAGED'],
    ['values that a mark keeps apart', pickle('N(', 'a.'), 'DAMAGED'],
    ['no mark', pickle('t.'), 'DAMAGED'],
    ['a key without a value', pickle('(Nd.'), 'DAMAGED'],
    ['a text that is appended to', pickle('Va\nNa.'), 'DAMAGED'],
    ['an item set of a list', pickle(']NNs.'), 'DAMAGED'],
    ['an unknown memo', pickle('h', 7, '.'), 'DAMAGED'],
    ['an integer that is none', pickle('I0x10\n.'), 'DAMAGED'],
    ['a float that is none', pickle('Fone\n.'), 'DAMAGED'],
    ['no UTF-8', pickle(0x8c, 2, 0xff, 0xfe, '.'), 'DAMAGED'],
    ['a character beyond Unicode', pickle('V\\UFFFFFFFF\n.'), 'DAMAGED'],
    ['a dict as a key', pickle('}}Ns.'), 'DAMAGED'],
  ])('ends in a code: %s', (_, bytes, code) => {
    expect(outcome(bytes)).toBe(code);
  });

  it('is refused when bytes that are shared become too many', () => {
    const shared = pickle('](B', new Uint8Array([0, 0, 16, 0]), new Uint8Array(1 << 20), 'q', 0, `h\0`.repeat(100), 'e.');
    expect(outcome(shared)).toBe('TOO_LARGE');
  });

  it('ends in a code whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(outcome(bytes)).toMatch(/^[A-Z_]+$|^read$/);
      }),
      tries(2_000),
    );
  });

  it('ends in a code whatever its opcodes are', () => {
    const opcodes = [...'(.012NIJKMLFGVXCB]lae)t}dsupqrghj'].map((name) => name.charCodeAt(0));
    const opcode = fc.constantFrom(...opcodes, 0x80, 0x95, 0x88, 0x8a, 0x8c, 0x85, 0x86, 0x87, 0x94);
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: opcode }, { weight: 1, arbitrary: fc.nat(255) }), { maxLength: 100 }),
        (bytes) => {
          expect(outcome(new Uint8Array(bytes))).toMatch(/^[A-Z_]+$|^read$/);
        },
      ),
      tries(3_000),
    );
  });

  const real = ['home-0.10.0/runs/slice_plot_6.pickle', 'home-0.10.0/explanations/local_explanation_1.pickle', 'home-0.10.0/runs/7'];

  it.each(real)('ends in a code wherever %s is changed or cut off', (path) => {
    const bytes = file(path);
    fc.assert(
      fc.property(fc.nat(Math.min(bytes.length, 3_000) - 1), fc.nat(7), fc.boolean(), (position, bit, cut) => {
        const changed = cut ? bytes.slice(0, position) : bytes.slice();
        if (!cut) changed[position]! ^= 1 << bit;
        expect(outcome(changed)).toMatch(/^[A-Z_]+$|^read$/);
      }),
      tries(400),
    );
  });

  it('never reads as whole what was cut off', () => {
    const bytes = file(real[1]!);
    for (let length = 0; length < bytes.length; length++) expect(outcome(bytes.subarray(0, length))).not.toBe('read');
  });
});
