import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { LogLineRecord } from '../../log-store.js';
import { StoreFailure } from '../../store-failure.js';

/**
 * A block of log lines as a row holds it:
 *
 *   version u8 · form u8 (0 plain, 1 deflated) · crc32 u32 of the body, little-endian · body
 *
 * The body is JSON, `[[at, level, stream, message], …]`: JSON writes NUL and lone surrogates as escapes, so every text a
 * request can carry comes back as it was, on every engine.
 */
const version = 1;
const headerBytes = 6;
const form = { plain: 0, deflated: 1 } as const;

/** Shorter bodies hardly shrink. */
const deflateFromBytes = 400;

type Row = readonly [at: number, level: string | null, stream: string | null, message: string];

export function encodeBlock(lines: readonly LogLineRecord[]): Uint8Array {
  const plain = Buffer.from(JSON.stringify(lines.map(({ at, level, stream, message }): Row => [at, level, stream, message])));
  // Level 1: logs repeat themselves so much that the slower levels gain little.
  const deflated = plain.length < deflateFromBytes ? plain : deflateRawSync(plain, { level: 1 });
  const body = deflated.length < plain.length ? deflated : plain;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(version, 0);
  header.writeUInt8(body === plain ? form.plain : form.deflated, 1);
  header.writeUInt32LE(crc32(body), 2);
  return Buffer.concat([header, body]);
}

/** @throws StoreFailure CORRUPT when the checksum does not fit */
export function decodeBlock(payload: Uint8Array): LogLineRecord[] {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const body = bytes.subarray(headerBytes);
  if (bytes.length <= headerBytes || bytes.readUInt8(0) !== version || crc32(body) !== bytes.readUInt32LE(2)) {
    throw new StoreFailure('CORRUPT', 'A block of log lines does not fit its checksum.');
  }
  const plain = bytes.readUInt8(1) === form.deflated ? inflateRawSync(body) : body;
  return (JSON.parse(plain.toString('utf8')) as Row[]).map(([at, level, stream, message]) => ({ at, level, message, stream }));
}
