import { createHmac, timingSafeEqual } from 'node:crypto';
import { fail } from './errors.js';

/** A value a cursor can carry; ±Infinity, NaN, -0 and integers beyond 2^53 come back as they went in. */
export type CursorValue = null | boolean | string | number | bigint | readonly CursorValue[];

/** Makes and reads opaque positions. Cursors survive a restart because the secret is kept with the data. */
export interface CursorCodec {
  /** @param kind what the cursor is for (`runs`, `tail`); a cursor of one kind is refused by another */
  encode(kind: string, value: CursorValue): string;
  /** @throws CURSOR_INVALID when this server did not make the text for this kind */
  decode(kind: string, cursor: string, argument: string): CursorValue;
}

/** Cursors signed with `secret`, so that a changed or foreign one is refused instead of meaning something else. */
export function createCursorCodec(secret: string): CursorCodec {
  const sign = (kind: string, body: string) =>
    createHmac('sha256', secret).update(`${kind}\0${body}`).digest().subarray(0, 9).toString('base64url');
  return {
    encode(kind, value) {
      const body = Buffer.from(JSON.stringify(pack(value))).toString('base64url');
      return `${body}.${sign(kind, body)}`;
    },
    decode(kind, cursor, argument) {
      const invalid = fail('CURSOR_INVALID', `${argument} is not a cursor this server gave for this question; ask again without it.`, {
        argument,
      });
      const [body, signature, ...rest] = cursor.split('.');
      if (!body || !signature || rest.length > 0) throw invalid;
      // The texts are compared: several texts decode to the same bytes.
      const given = Buffer.from(signature);
      const expected = Buffer.from(sign(kind, body));
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalid;
      return unpack(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
    },
  };
}

// JSON has no NaN, Infinity, -0 or 64-bit integers: those travel as one-key objects.
function pack(value: CursorValue): unknown {
  if (typeof value === 'bigint') return { i: value.toString() };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { d: Object.is(value, -0) ? '-0' : String(value) };
  if (Array.isArray(value)) return value.map(pack);
  return value;
}

function unpack(value: unknown): CursorValue {
  if (Array.isArray(value)) return value.map(unpack);
  if (value !== null && typeof value === 'object') {
    const packed = value as { i?: string; d?: string };
    return packed.i === undefined ? Number(packed.d) : BigInt(packed.i);
  }
  return value as CursorValue;
}
