import type { FlatTable } from './flatbuffer.js';
import { HomeFileFailure } from './home-file-failure.js';

export type TimeUnit = 's' | 'ms' | 'us' | 'ns';

/** How the values of a column are laid out. `list` with a size has lists of that length and stores no offsets. */
export type ArrowType =
  | { readonly kind: 'null' | 'bool' | 'utf8' | 'binary' | 'largeUtf8' | 'largeBinary' | 'struct' | 'unsupported' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 16 | 32 | 64 }
  | { readonly kind: 'decimal'; readonly bits: number; readonly scale: number }
  | { readonly kind: 'date'; readonly unit: 'day' | 'ms' }
  | { readonly kind: 'time' | 'duration'; readonly unit: TimeUnit; readonly bits: 32 | 64 }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly timeZone: string | null }
  | { readonly kind: 'fixedBinary'; readonly bytes: number }
  | { readonly kind: 'list'; readonly wide: boolean; readonly size: number | null };

/** A column, or a part of one. */
export interface ArrowField {
  readonly name: string;
  readonly nullable: boolean;
  /** Of the values; of those in the dictionary when there is one. */
  readonly type: ArrowType;
  /** As Arrow's own tools print it: `double`, `string`, `timestamp[us]`, `dictionary<string>`. */
  readonly typeName: string;
  readonly dictionary: { readonly id: bigint; readonly indexes: ArrowType & { readonly kind: 'int' } } | null;
  readonly children: readonly ArrowField[];
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
}

const maxDepth = 16;
const maxBinaryBytes = 1 << 20;

/** @throws HomeFileFailure DAMAGED, UNSUPPORTED for a file in the byte order of another processor */
export function readSchema(schema: FlatTable): ArrowSchema {
  if (schema.int16(0) !== 0) throw new HomeFileFailure('UNSUPPORTED', 'The Arrow file was written in big-endian byte order.');
  const metadata = new Map<string, string>();
  for (const entry of schema.tables(2)) metadata.set(entry.text(0) ?? '', entry.text(1) ?? '');
  return { fields: schema.tables(1).map((field) => readField(field, 1)), metadata };
}

function readField(field: FlatTable, depth: number): ArrowField {
  if (depth > maxDepth) throw new HomeFileFailure('UNSUPPORTED', `The Arrow file has columns nested more than ${maxDepth} deep.`);
  const children = field.tables(5).map((child) => readField(child, depth + 1));
  const { type, name } = readType(field, children);
  const encoding = field.table(4);
  const indexes = encoding === null ? null : integer(encoding.table(1));
  return {
    name: field.text(0) ?? '',
    nullable: field.uint8(1) !== 0,
    type,
    typeName: encoding === null ? name : `dictionary<${name}>`,
    dictionary: encoding === null ? null : { id: encoding.int64(0), indexes: indexes! },
    children,
  };
}

type Named = { readonly type: ArrowType; readonly name: string };

/** Numbers of types and of their fields: `format/Schema.fbs` of Apache Arrow. */
const readers: Readonly<Record<number, (type: FlatTable, children: readonly ArrowField[]) => Named>> = {
  1: () => ({ type: { kind: 'null' }, name: 'null' }),
  2: (type) => {
    const { bits, signed } = integer(type);
    return { type: { kind: 'int', bits, signed }, name: `${signed ? 'int' : 'uint'}${bits}` };
  },
  3: (type) => {
    const [bits, name] = oneOf(
      [
        [16, 'halffloat'],
        [32, 'float'],
        [64, 'double'],
      ] as const,
      type.int16(0),
    );
    return { type: { kind: 'float', bits }, name };
  },
  4: () => ({ type: { kind: 'binary' }, name: 'binary' }),
  5: () => ({ type: { kind: 'utf8' }, name: 'string' }),
  6: () => ({ type: { kind: 'bool' }, name: 'bool' }),
  7: (type) => {
    const bits = type.int32(2, 128);
    if (![32, 64, 128, 256].includes(bits)) throw invalidType();
    return { type: { kind: 'decimal', bits, scale: type.int32(1) }, name: `decimal${bits}(${type.int32(0)}, ${type.int32(1)})` };
  },
  8: (type) => {
    const [unit, name] = oneOf(
      [
        ['day', 'date32[day]'],
        ['ms', 'date64[ms]'],
      ] as const,
      type.int16(0, 1),
    );
    return { type: { kind: 'date', unit }, name };
  },
  9: (type) => {
    const [unit, bits] = [timeUnit(type.int16(0, 1)), type.int32(1, 32)];
    if (bits !== 32 && bits !== 64) throw invalidType();
    return { type: { kind: 'time', unit, bits }, name: `time${bits}[${unit}]` };
  },
  10: (type) => {
    const [unit, timeZone] = [timeUnit(type.int16(0)), type.text(1)];
    return { type: { kind: 'timestamp', unit, timeZone }, name: `timestamp[${unit}${timeZone === null ? '' : `, tz=${timeZone}`}]` };
  },
  12: (_, children) => list(children, 'list', { kind: 'list', wide: false, size: null }),
  13: (_, children) => ({
    type: { kind: 'struct' },
    name: `struct<${children.map((child) => `${child.name}: ${child.typeName}`).join(', ')}>`,
  }),
  15: (type) => {
    const bytes = type.int32(0);
    if (bytes < 0 || bytes > maxBinaryBytes) throw invalidType();
    return { type: { kind: 'fixedBinary', bytes }, name: `fixed_size_binary[${bytes}]` };
  },
  16: (type, children) => {
    const size = type.int32(0);
    if (size < 0) throw invalidType();
    return list(children, 'fixed_size_list', { kind: 'list', wide: false, size });
  },
  // A map is stored as a list of its entries.
  17: (_, children) => list(children, 'map', { kind: 'list', wide: false, size: null }),
  18: (type) => {
    const unit = timeUnit(type.int16(0, 1));
    return { type: { kind: 'duration', unit, bits: 64 }, name: `duration[${unit}]` };
  },
  19: () => ({ type: { kind: 'largeBinary' }, name: 'large_binary' }),
  20: () => ({ type: { kind: 'largeUtf8' }, name: 'large_string' }),
  21: (_, children) => list(children, 'large_list', { kind: 'list', wide: true, size: null }),
};

// What is laid out in ways that DashAI does not write: its columns are named, its rows are not read.
const unsupported: Readonly<Record<number, string>> = {
  ...{ 11: 'interval', 14: 'union', 22: 'run_end_encoded', 23: 'binary_view', 24: 'string_view', 25: 'list_view', 26: 'large_list_view' },
};

function readType(field: FlatTable, children: readonly ArrowField[]): Named {
  const number = field.uint8(2);
  const type = field.table(3);
  const reader = readers[number];
  if (reader !== undefined && type !== null) return reader(type, children);
  return { type: { kind: 'unsupported' }, name: unsupported[number] ?? `type ${number}` };
}

function list(children: readonly ArrowField[], name: string, type: ArrowType & { kind: 'list' }): Named {
  if (children.length !== 1) throw invalidType();
  return { type, name: `${name}<${children[0]!.name}: ${children[0]!.typeName}>${type.size === null ? '' : `[${type.size}]`}` };
}

function integer(type: FlatTable | null): ArrowType & { readonly kind: 'int' } {
  // An index type that is not stored is int32.
  const bits = type?.int32(0) ?? 32;
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) throw invalidType();
  return { kind: 'int', bits, signed: type === null || type.uint8(1) !== 0 };
}

const timeUnit = (number: number): TimeUnit => oneOf(['s', 'ms', 'us', 'ns'] as const, number);

function oneOf<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw invalidType();
  return value;
}

const invalidType = (): HomeFileFailure => new HomeFileFailure('DAMAGED', 'The Arrow file has a column of a type that cannot be.');
