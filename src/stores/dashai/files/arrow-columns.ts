import { cellReader, widthOf, type Cell, type FixedType } from './arrow-cells.js';
import type { ArrowBatch, ArrowBuffer } from './arrow-file.js';
import type { ArrowField } from './arrow-schema.js';
import type { OpenHomeFile } from './home-file.js';
import { HomeFileFailure } from './home-file-failure.js';

/** Values of one column in one batch: where they lie, with the parts they are made of. */
export interface ColumnPlace {
  readonly field: ArrowField;
  readonly length: number;
  readonly nulls: number;
  readonly buffers: readonly ArrowBuffer[];
  readonly children: readonly ColumnPlace[];
}

/** A preview of rows whose values take more is refused. */
const maxBytes = 32 * 1024 * 1024;
const maxCells = 5_000_000;

export type Dictionaries = ReadonlyMap<bigint, readonly Cell[]>;

/**
 * Says which nodes and buffers of a batch belong to which column.
 * @throws HomeFileFailure UNSUPPORTED for a type that is not read, DAMAGED when the batch has fewer parts than its columns need
 */
export function placeColumns(fields: readonly ArrowField[], batch: ArrowBatch): readonly ColumnPlace[] {
  if (batch.isCompressed) throw new HomeFileFailure('UNSUPPORTED', 'Rows are not read here: the Arrow file is compressed.');
  const [nodes, buffers] = [batch.nodes.values(), batch.buffers.values()];
  const next = <T>(parts: Iterator<T>): T => {
    const part = parts.next();
    if (part.done === true) throw new HomeFileFailure('DAMAGED', 'A batch of the Arrow file has fewer parts than columns.');
    return part.value;
  };
  const place = (field: ArrowField): ColumnPlace => {
    const { length, nulls } = next(nodes);
    const own = Array.from({ length: bufferCount(field) }, () => next(buffers));
    const children = field.dictionary === null ? field.children.map(place) : [];
    return { field, length, nulls, buffers: own, children };
  };
  return fields.map(place);
}

/** Its validity, then offsets or values, then the values of texts. */
function bufferCount({ type, typeName, name, dictionary }: ArrowField): number {
  if (dictionary !== null) return 2;
  switch (type.kind) {
    case 'unsupported':
      throw new HomeFileFailure('UNSUPPORTED', `Rows are not read here: column ${JSON.stringify(name)} has the type ${typeName}.`);
    case 'null':
      return 0;
    case 'struct':
      return 1;
    case 'list':
      return type.size === null ? 2 : 1;
    case 'utf8':
    case 'binary':
    case 'largeUtf8':
    case 'largeBinary':
      return 3;
    default:
      return 2;
  }
}

/** Reads values of columns, and only the bytes they take. */
export interface ColumnReader {
  /**
   * Values of the rows from `from` up to, but without, `to`.
   * @throws HomeFileFailure TOO_LARGE when all this reader has read takes more than 32 MB, DAMAGED
   */
  read(place: ColumnPlace, from: number, to: number): Promise<readonly Cell[]>;
}

/** What the functions below read through. */
interface Reading extends ColumnReader {
  readonly dictionaries: Dictionaries;
  slice(buffer: ArrowBuffer | undefined, from: number, to: number): Promise<DataView>;
}

/** @param dictionaries words by the id of their dictionary; may be filled while this reader is in use */
export function createColumnReader(file: OpenHomeFile, dictionaries: Dictionaries): ColumnReader {
  let [bytesLeft, cellsLeft] = [maxBytes, maxCells];
  const reading: Reading = {
    dictionaries,
    async slice(buffer, from, to) {
      if (buffer === undefined || to > buffer.length || from > to) throw damaged();
      bytesLeft -= to - from;
      if (bytesLeft < 0) throw new HomeFileFailure('TOO_LARGE', `These rows take more than ${maxBytes} bytes; ask for fewer.`);
      return new DataView((await file.read(buffer.offset + from, to - from)).buffer);
    },
    async read(place, from, to) {
      if (to > place.length) throw damaged();
      if (from >= to) return [];
      cellsLeft -= to - from;
      if (cellsLeft < 0) throw new HomeFileFailure('TOO_LARGE', `These rows hold more than ${maxCells} values; ask for fewer.`);
      const isValid = await validity(reading, place, from, to);
      const cells = await values(reading, place, from, to);
      return isValid === null ? cells : cells.map((cell, index) => (isValid(from + index) ? cell : null));
    },
  };
  return reading;
}

async function values(reading: Reading, place: ColumnPlace, from: number, to: number): Promise<Cell[]> {
  const { type, dictionary } = place.field;
  if (dictionary !== null) return coded(reading, place, from, to);
  switch (type.kind) {
    case 'null':
    case 'unsupported':
      return Array.from({ length: to - from }, () => null);
    case 'bool': {
      const isSet = await bitReader(reading, place.buffers[1], from, to);
      return Array.from({ length: to - from }, (_, index) => isSet(from + index));
    }
    case 'utf8':
    case 'largeUtf8':
      return texts(reading, place, from, to, 'utf8', type.kind === 'largeUtf8');
    case 'binary':
    case 'largeBinary':
      return texts(reading, place, from, to, 'base64', type.kind === 'largeBinary');
    case 'list':
      return lists(reading, place, from, to, type.wide, type.size);
    case 'struct':
      return structs(reading, place, from, to);
    default:
      return fixed(reading, place, type, from, to);
  }
}

/** Which of the rows have a value; null when all have. */
async function validity(
  reading: Reading,
  { nulls, buffers: [bits] }: ColumnPlace,
  from: number,
  to: number,
): Promise<((row: number) => boolean) | null> {
  if (nulls === 0 || bits === undefined || bits.length === 0) return null;
  return bitReader(reading, bits, from, to);
}

async function bitReader(reading: Reading, bits: ArrowBuffer | undefined, from: number, to: number): Promise<(row: number) => boolean> {
  const first = from >> 3;
  const view = await reading.slice(bits, first, (to + 7) >> 3);
  return (row) => ((view.getUint8((row >> 3) - first) >> (row & 7)) & 1) === 1;
}

async function offsets(
  reading: Reading,
  buffer: ArrowBuffer | undefined,
  from: number,
  to: number,
  wide: boolean,
): Promise<readonly number[]> {
  const width = wide ? 8 : 4;
  const view = await reading.slice(buffer, from * width, (to + 1) * width);
  const read = Array.from({ length: to - from + 1 }, (_, index) =>
    wide ? Number(view.getBigInt64(index * 8, true)) : view.getInt32(index * 4, true),
  );
  if (read[0]! < 0 || read.some((offset, index) => index > 0 && offset < read[index - 1]!)) throw damaged();
  return read;
}

async function fixed(reading: Reading, place: ColumnPlace, type: FixedType, from: number, to: number): Promise<Cell[]> {
  const width = widthOf(type);
  const view = await reading.slice(place.buffers[1], from * width, to * width);
  const read = cellReader(type);
  return Array.from({ length: to - from }, (_, index) => read(view, index * width));
}

async function texts(
  reading: Reading,
  place: ColumnPlace,
  from: number,
  to: number,
  encoding: 'utf8' | 'base64',
  wide: boolean,
): Promise<Cell[]> {
  const ends = await offsets(reading, place.buffers[1], from, to, wide);
  const view = await reading.slice(place.buffers[2], ends[0]!, ends.at(-1)!);
  const bytes = Buffer.from(view.buffer);
  return Array.from({ length: to - from }, (_, index) => bytes.toString(encoding, ends[index]! - ends[0]!, ends[index + 1]! - ends[0]!));
}

async function lists(reading: Reading, place: ColumnPlace, from: number, to: number, wide: boolean, size: number | null): Promise<Cell[]> {
  const ends =
    size === null
      ? await offsets(reading, place.buffers[1], from, to, wide)
      : Array.from({ length: to - from + 1 }, (_, index) => (from + index) * size);
  const items = await reading.read(place.children[0]!, ends[0]!, ends.at(-1)!);
  return Array.from({ length: to - from }, (_, index) => items.slice(ends[index]! - ends[0]!, ends[index + 1]! - ends[0]!));
}

async function structs(reading: Reading, place: ColumnPlace, from: number, to: number): Promise<Cell[]> {
  const columns: (readonly [string, readonly Cell[]])[] = [];
  for (const child of place.children) columns.push([child.field.name, await reading.read(child, from, to)]);
  return Array.from({ length: to - from }, (_, index) => Object.fromEntries(columns.map(([name, cells]) => [name, cells[index]!])));
}

async function coded(reading: Reading, place: ColumnPlace, from: number, to: number): Promise<Cell[]> {
  const { id, indexes } = place.field.dictionary!;
  const words = reading.dictionaries.get(id);
  if (words === undefined) throw damaged();
  // Where there is no value the index may be anything.
  return (await fixed(reading, place, indexes, from, to)).map((index) => words[Number(index)] ?? null);
}

const damaged = (): HomeFileFailure => new HomeFileFailure('DAMAGED', 'The Arrow file has values outside of their places.');
