import { createHash } from 'node:crypto';
import { refuse } from '../../core/errors.js';
import { sql } from '../engine/sql.js';
import type { WriteContext } from './writes.js';

/** How long a repeated request is recognised. */
export const idempotencyKeptMs = 24 * 60 * 60 * 1000;

/**
 * Does `work` once per idempotency key. A repeat with the same input answers what the first time answered;
 * the same key with another input is refused. Without a key the work is simply done.
 * Must run inside the transaction that does the work.
 */
export async function once<T>(
  { db, dialect }: Pick<WriteContext, 'db' | 'dialect'>,
  request: { readonly key: string | null | undefined; readonly operation: string; readonly input: unknown; readonly now: number },
  work: () => Promise<T>,
): Promise<T> {
  if (request.key === null || request.key === undefined) return work();
  const requestHash = hashOf(request.input);
  const lock = dialect.lock(`idempotency ${request.key}`);
  if (lock) await db.run(lock); // the same request, sent again while the first is under way, waits for its answer
  const rows = await db.all(sql`/* mlflow.idempotencyKey */
    SELECT operation, request_hash, response FROM rungraph_idempotency_keys
    WHERE key = ${request.key} AND created_at > ${request.now - idempotencyKeptMs}`);
  if (rows[0]) {
    const [operation, hash, response] = rows[0] as [string, string, string];
    if (operation === request.operation && hash === requestHash) return JSON.parse(response, reviveBigint) as T;
    throw refuse('CONFLICT', 'The idempotency key was used for another request; take a new one for each request.', ['idempotencyKey']);
  }
  const result = await work();
  await db.run(sql`DELETE FROM rungraph_idempotency_keys WHERE created_at <= ${request.now - idempotencyKeptMs}`);
  await db.run(sql`INSERT INTO rungraph_idempotency_keys (key, operation, request_hash, response, created_at)
    VALUES (${request.key}, ${request.operation}, ${requestHash}, ${JSON.stringify(result, packBigint)}, ${request.now})`);
  return result;
}

/** A digest of any input; typed arrays count by their bytes, so NaN and -0 do. */
function hashOf(input: unknown): string {
  const hash = createHash('sha256');
  const text = JSON.stringify(input, (_name, value: unknown) => {
    if (ArrayBuffer.isView(value))
      return createHash('sha256')
        .update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
        .digest('hex');
    return packBigint(_name, value);
  });
  return hash.update(text).digest('hex');
}

const packBigint = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? { bigint: value.toString() } : value);

const reviveBigint = (_name: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && 'bigint' in value ? BigInt(String(value.bigint)) : value;
