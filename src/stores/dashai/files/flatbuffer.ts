import { HomeFileFailure } from './home-file-failure.js';

/**
 * A table of a FlatBuffer, the form in which Arrow files describe themselves. Fields have numbers; one that is not stored has
 * its default. Nothing is read beyond the buffer, and a vector is never longer than the buffer can hold.
 */
export interface FlatTable {
  uint8(field: number, absent?: number): number;
  int16(field: number, absent?: number): number;
  int32(field: number, absent?: number): number;
  int64(field: number): bigint;
  text(field: number): string | null;
  table(field: number): FlatTable | null;
  tables(field: number): readonly FlatTable[];
  /** A vector of structs of `size` bytes each, as views on them. */
  structs(field: number, size: number): readonly DataView[];
}

// Tables may share parts and refer back to each other, so their number is bounded for the whole buffer.
const maxTables = 200_000;

/** What the tables of a buffer share. */
interface Places {
  readonly view: DataView;
  /** @throws HomeFileFailure DAMAGED when the range is not in the buffer */
  within(position: number, length: number): number;
  /** Where the offset at a position leads to. */
  follow(position: number): number;
  vector(position: number, size: number): { readonly start: number; readonly length: number };
  /** @throws HomeFileFailure TOO_LARGE when there were too many */
  countTable(): void;
}

/**
 * @param buffer one FlatBuffer and nothing else
 * @throws HomeFileFailure DAMAGED, also from the methods of the tables, when an offset leads out of the buffer
 */
export function readFlatBuffer(buffer: Uint8Array): FlatTable {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let count = 0;
  const within = (position: number, length: number): number => {
    if (position < 0 || position + length > buffer.length)
      throw new HomeFileFailure('DAMAGED', 'The Arrow file describes itself beyond its end.');
    return position;
  };
  const follow = (position: number): number => position + view.getUint32(within(position, 4), true);
  const places: Places = {
    view,
    within,
    follow,
    vector(position, size) {
      const start = follow(position);
      const length = view.getUint32(within(start, 4), true);
      within(start + 4, length * size);
      return { start: start + 4, length };
    },
    countTable() {
      count++;
      if (count > maxTables) throw new HomeFileFailure('TOO_LARGE', `The Arrow file describes itself with more than ${maxTables} tables.`);
    },
  };
  return tableAt(places, follow(0));
}

function tableAt(places: Places, position: number): FlatTable {
  const { view, within, follow, vector } = places;
  places.countTable();
  const find = fieldFinder(places, position);
  const scalar =
    <T>(size: number, read: (at: number) => T) =>
    (field: number, absent: T): T => {
      const at = find(field);
      return at === null ? absent : read(within(at, size));
    };
  const int64 = scalar(8, (at) => view.getBigInt64(at, true));
  const int32 = scalar(4, (at) => view.getInt32(at, true));
  const int16 = scalar(2, (at) => view.getInt16(at, true));
  const uint8 = scalar(1, (at) => view.getUint8(at));
  /** What each item of a vector is made to. */
  const items = <T>(field: number, size: number, read: (at: number) => T): readonly T[] => {
    const at = find(field);
    if (at === null) return [];
    const { start, length } = vector(at, size);
    return Array.from({ length }, (_, index) => read(start + index * size));
  };
  return {
    uint8: (field, absent = 0) => uint8(field, absent),
    int16: (field, absent = 0) => int16(field, absent),
    int32: (field, absent = 0) => int32(field, absent),
    int64: (field) => int64(field, 0n),
    text(field) {
      const at = find(field);
      if (at === null) return null;
      const { start, length } = vector(at, 1);
      return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + start, length));
    },
    table(field) {
      const at = find(field);
      return at === null ? null : tableAt(places, follow(at));
    },
    tables: (field) => items(field, 4, (at) => tableAt(places, follow(at))),
    structs: (field, size) => items(field, size, (at) => new DataView(view.buffer, view.byteOffset + at, size)),
  };
}

/** Finds where a field of a table is; null when it is not stored. */
function fieldFinder({ view, within }: Places, position: number): (field: number) => number | null {
  const fields = position - view.getInt32(within(position, 4), true);
  const fieldsSize = view.getUint16(within(fields, 2), true);
  return (field) => {
    const slot = 4 + field * 2;
    const offset = slot + 2 > fieldsSize ? 0 : view.getUint16(within(fields + slot, 2), true);
    return offset === 0 ? null : position + offset;
  };
}
