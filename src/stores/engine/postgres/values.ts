import type pg from 'pg';
import type { SqlValue } from '../sql.js';

// Object ids of PostgreSQL's types that our statements answer.
const oid = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, float4: 700, float8: 701, numeric: 1700 } as const;

const integer = (text: string): bigint => BigInt(text);
// Sums of integers are numeric there.
const numeric = (text: string): bigint | number => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text));

const parsers = new Map<number, (text: string) => SqlValue>([
  [oid.bool, (text) => (text === 't' ? 1n : 0n)],
  [oid.bytea, (text) => Buffer.from(text.slice(2), 'hex')],
  [oid.int8, integer],
  [oid.int2, integer],
  [oid.int4, integer],
  [oid.float4, Number],
  [oid.float8, Number],
  [oid.numeric, numeric],
]);

const plain = (text: string): SqlValue => text;

/** How answers become values: integers are bigints, doubles exact, booleans 0 and 1, everything else is text. */
export const resultTypes = {
  getTypeParser: (id: number) => parsers.get(id) ?? plain,
};

export const decodeRows = ({ rows }: pg.QueryArrayResult<SqlValue[]> | { rows: SqlValue[][] }): SqlValue[][] => rows;
