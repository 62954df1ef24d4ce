import { crc32 } from 'node:zlib';
import type { KeyedColumns } from '../../core/metric-columns.js';

/**
 * One entry of the append log: points of several metrics, series after series, exact to the bit.
 *
 *   version u8 · crc32 u32 · series u32 · { key length u16 · key utf-8 · points u32 }… · padding to 8
 *   steps i64[n] · timestamps i64[n] · values f64[n]        n = points of all series, in the order of the series
 *
 * Little-endian. Point `i` of the entry has offset `first_offset + i`.
 */
const version = 1;
const headerBytes = 9;
const bytesPerPoint = 24;

/** The log holds bytes that are no entry: the file was damaged. */
export class DamagedEntry extends Error {
  override readonly name = 'DamagedEntry';
}

export function encodeEntry(series: readonly KeyedColumns[]): Uint8Array {
  const keys = series.map(({ key }) => Buffer.from(key));
  const directoryBytes = keys.reduce((sum, key) => sum + 6 + key.length, 0);
  const columnsAt = roundUp(headerBytes + directoryBytes);
  const points = series.reduce((sum, { values }) => sum + values.length, 0);
  const bytes = Buffer.alloc(columnsAt + points * bytesPerPoint);
  bytes.writeUInt8(version, 0);
  bytes.writeUInt32LE(series.length, 5);
  let at = headerBytes;
  series.forEach(({ values }, index) => {
    at = bytes.writeUInt16LE(keys[index]!.length, at);
    at += keys[index]!.copy(bytes, at);
    at = bytes.writeUInt32LE(values.length, at);
  });
  const columns = columnViews(bytes, columnsAt, points);
  let point = 0;
  for (const { steps, timestamps, values } of series) {
    columns.steps.set(steps, point);
    columns.timestamps.set(timestamps, point);
    columns.values.set(values, point);
    point += values.length;
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(5)), 1);
  return bytes;
}

/** @throws DamagedEntry when the checksum does not fit */
export function decodeEntry(payload: Uint8Array): KeyedColumns[] {
  const bytes = Buffer.alloc(payload.length); // a copy of its own: the driver's buffer need not be aligned to 8
  bytes.set(payload);
  if (bytes.length < headerBytes || bytes.readUInt8(0) !== version || crc32(bytes.subarray(5)) !== bytes.readUInt32LE(1)) {
    throw new DamagedEntry('An entry of the metric log does not fit its checksum.');
  }
  const directory: { key: string; count: number }[] = [];
  let at = headerBytes;
  for (let index = bytes.readUInt32LE(5); index > 0; index--) {
    const end = at + 2 + bytes.readUInt16LE(at);
    directory.push({ key: bytes.toString('utf8', at + 2, end), count: bytes.readUInt32LE(end) });
    at = end + 4;
  }
  const columns = columnViews(
    bytes,
    roundUp(at),
    directory.reduce((sum, { count }) => sum + count, 0),
  );
  let point = 0;
  return directory.map(({ key, count }) => {
    const [start, end] = [point, (point += count)];
    return {
      key,
      steps: columns.steps.subarray(start, end),
      timestamps: columns.timestamps.subarray(start, end),
      values: columns.values.subarray(start, end),
    };
  });
}

const roundUp = (bytes: number): number => Math.ceil(bytes / 8) * 8;

function columnViews(bytes: Buffer, start: number, points: number) {
  const { buffer, byteOffset } = bytes;
  return {
    steps: new BigInt64Array(buffer, byteOffset + start, points),
    timestamps: new BigInt64Array(buffer, byteOffset + start + 8 * points, points),
    values: new Float64Array(buffer, byteOffset + start + 16 * points, points),
  };
}
