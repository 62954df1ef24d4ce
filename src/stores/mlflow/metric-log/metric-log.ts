import { crc32 } from 'node:zlib';
import type { KeyedColumns, MetricColumns } from '../../../core/metric-columns.js';

/**
 * One entry of the append log: points of several metrics, series after series, exact to the bit.
 *
 *   version u8 · crc32 u32 · series u32 · { key length u16 · key utf-8 · points u32 }… · padding to 8
 *   steps i64[n] · timestamps i64[n] · values f64[n] · ordinals u16[n]       n = points of all series, in the order of the series
 *
 * Little-endian; the checksum covers everything after itself. The point with ordinal `i` has offset `first_offset + i`.
 * Version 1 is what one request appended: it has no ordinals, its points lie in their order, and a key may come twice.
 * Version 2 is what merging makes of many entries: each key comes once, and its ordinals ascend.
 * Entries of both versions are in databases and are read for ever.
 */
export const entryVersions = { appended: 1, merged: 2 } as const;
export type EntryVersion = (typeof entryVersions)[keyof typeof entryVersions];

/** Points that one merged entry can hold: ordinals are 16 bits wide. */
export const maxMergedPoints = 65_536;

/** The checksum covers everything from here on. */
const checkedFrom = 5;
const headerBytes = 9;
const bytesPerPoint = 24;

/** Where one series of an entry lies among the columns. */
export interface EntrySeries {
  readonly key: string;
  readonly start: number;
  readonly count: number;
}

/** An entry whose checksum was found right. The columns are views of the payload. */
export interface OpenEntry {
  /** The bytes that say which series there are. */
  readonly directory: Buffer;
  /** Points of all series. */
  readonly points: number;
  readonly series: readonly EntrySeries[];
  readonly columns: MetricColumns;
  /** Per point of the columns its place in the entry; null: they lie in that order. */
  readonly ordinals: Uint16Array | null;
}

/** Which points of an entry are wanted: those with an ordinal in [from, end), of these keys; null: of every key. */
export interface EntrySelection {
  readonly from: number;
  readonly end: number;
  readonly keys: ReadonlySet<string> | null;
}

/** An entry of what one request appended. */
export function encodeEntry(series: readonly KeyedColumns[]): Uint8Array {
  const directory = series.map(({ key, values }) => ({ key, count: values.length }));
  return writeEntry(entryVersions.appended, directory, ({ columns }) => {
    let point = 0;
    for (const { steps, timestamps, values } of series) {
      columns.steps.set(steps, point);
      columns.timestamps.set(timestamps, point);
      columns.values.set(values, point);
      point += values.length;
    }
  });
}

/**
 * Lays an entry out and lets `fill` write its columns.
 * @param directory keys in the order of their points, with the number of points of each
 */
export function writeEntry(
  version: EntryVersion,
  directory: readonly { readonly key: string; readonly count: number }[],
  fill: (views: ReturnType<typeof viewsOf>) => void,
): Uint8Array {
  const keys = directory.map(({ key }) => Buffer.from(key));
  const columnsAt = roundUp(keys.reduce((sum, key) => sum + 6 + key.length, headerBytes));
  const points = directory.reduce((sum, { count }) => sum + count, 0);
  const bytes = Buffer.alloc(columnsAt + points * bytesIn(version));
  bytes.writeUInt8(version, 0);
  bytes.writeUInt32LE(directory.length, checkedFrom);
  let at = headerBytes;
  directory.forEach(({ count }, index) => {
    at = bytes.writeUInt16LE(keys[index]!.length, at);
    at += keys[index]!.copy(bytes, at);
    at = bytes.writeUInt32LE(count, at);
  });
  fill(viewsOf(bytes, version, columnsAt, points));
  bytes.writeUInt32LE(crc32(bytes.subarray(checkedFrom)), 1);
  return bytes;
}

/** The wanted points of an entry, in the order of its series; without a copy. Series of which nothing is wanted are absent. */
export function selectPoints({ series, columns, ordinals }: OpenEntry, { from, end, keys }: EntrySelection): KeyedColumns[] {
  return series.flatMap((one) => {
    if (keys && !keys.has(one.key)) return [];
    const [low, high] = [placeOf(one, ordinals, from), placeOf(one, ordinals, end)];
    if (low >= high) return [];
    return [
      {
        key: one.key,
        steps: columns.steps.subarray(low, high),
        timestamps: columns.timestamps.subarray(low, high),
        values: columns.values.subarray(low, high),
      },
    ];
  });
}

/** Where in the columns the points of a series begin that have this ordinal or a greater one. */
function placeOf({ start, count }: EntrySeries, ordinals: Uint16Array | null, ordinal: number): number {
  if (!ordinals) return Math.min(Math.max(ordinal, start), start + count);
  let [low, high] = [start, start + count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordinals[middle]! < ordinal) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Checks an entry and finds its parts; null: these bytes are no entry, or not as they were written.
 * @param before an entry that probably has the same keys with as many points: its directory is then not read again
 */
export function openEntry(payload: Uint8Array, before: OpenEntry | null = null): OpenEntry | null {
  const bytes = aligned(payload);
  const version = bytes.length < headerBytes ? 0 : bytes.readUInt8(0);
  if (version !== entryVersions.appended && version !== entryVersions.merged) return null;
  if (crc32(bytes.subarray(checkedFrom)) !== bytes.readUInt32LE(1)) return null;
  const isAlike = before?.directory.equals(bytes.subarray(checkedFrom, checkedFrom + before.directory.length)) ?? false;
  const { directory, series, points } = isAlike ? before! : readDirectory(bytes);
  const { columns, ordinals } = viewsOf(bytes, version, roundUp(checkedFrom + directory.length), points);
  return { directory, points, series, columns, ordinals };
}

/** What an entry says of its series, before the columns. */
function readDirectory(bytes: Buffer): Pick<OpenEntry, 'directory' | 'points' | 'series'> {
  const series: EntrySeries[] = [];
  let at = headerBytes;
  let points = 0;
  for (let index = bytes.readUInt32LE(checkedFrom); index > 0; index--) {
    const end = at + 2 + bytes.readUInt16LE(at);
    const count = bytes.readUInt32LE(end);
    series.push({ key: bytes.toString('utf8', at + 2, end), start: points, count });
    points += count;
    at = end + 4;
  }
  return { directory: bytes.subarray(checkedFrom, at), points, series };
}

// Views of 64-bit numbers begin at a multiple of 8; what the driver answers does, but nothing promises it.
function aligned(payload: Uint8Array): Buffer {
  if (payload.byteOffset % 8 === 0) return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const copy = Buffer.from(new ArrayBuffer(payload.length));
  copy.set(payload);
  return copy;
}

const roundUp = (bytes: number): number => Math.ceil(bytes / 8) * 8;

const bytesIn = (version: EntryVersion): number => bytesPerPoint + (version === entryVersions.merged ? 2 : 0);

/** The columns of an entry, to be read or filled. */
function viewsOf({ buffer, byteOffset }: Buffer, version: EntryVersion, columnsAt: number, points: number) {
  const at = (column: number) => byteOffset + columnsAt + 8 * column * points;
  return {
    columns: {
      steps: new BigInt64Array(buffer, at(0), points),
      timestamps: new BigInt64Array(buffer, at(1), points),
      values: new Float64Array(buffer, at(2), points),
    },
    ordinals: version === entryVersions.merged ? new Uint16Array(buffer, at(3), points) : null,
  };
}
