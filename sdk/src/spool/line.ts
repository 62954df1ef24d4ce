import { crc32 } from 'node:zlib';
import { encode } from '../scalars.js';

/** A record as one line: its checksum, a space, JSON as the API takes it (64-bit integers and NaN as texts), a line end. */
export function toLine(record: object): string {
  const json = encode(record);
  return `${checksum(json)} ${json}\n`;
}

/** The record of a line without its end; null when a byte of it is not as it was written. */
export function fromLine(line: string): object | null {
  const json = line.slice(9);
  if (line[8] !== ' ' || line.slice(0, 8) !== checksum(json)) return null;
  return JSON.parse(json) as object;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
