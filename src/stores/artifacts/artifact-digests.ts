import { createHash } from 'node:crypto';
import { fail } from '../../core/errors.js';
import type { ArtifactNames, ArtifactStore } from './artifact-store.js';

/** Larger files have no digest: reading them would hold up the store for longer than a question may take. */
export const maxDigestBytes = 256 * 1024 * 1024;
/** Bytes that one request may have read for digests. */
const maxRequestBytes = 1024 * 1024 * 1024;
const maxRemembered = 10_000;
/** Files that are read for digests at the same time. */
const atOnce = 2;

/** What a request has had read for digests so far. */
export interface DigestBudget {
  bytes: number;
}

/** SHA-256 of files, remembered for as long as a file stays as it is. */
export interface ArtifactDigests {
  /**
   * 64 small hexadecimal digits; null when the file is gone or changed since its version was looked up, or is too large.
   * @throws QUERY_TOO_COMPLEX when the request asks for more than may be read for one
   */
  of(store: ArtifactStore, names: ArtifactNames, file: { bytes: number; version: string }, budget: DigestBudget): Promise<string | null>;
}

export function createArtifactDigests(): ArtifactDigests {
  const known = new Map<string, Promise<string | null>>();
  const takeTurn = createTurns(atOnce);

  return {
    async of(store, names, { bytes, version }, budget) {
      if (bytes > maxDigestBytes) return null;
      const key = [store.location, ...names, version].join('\0');
      const before = known.get(key);
      if (before) return before;
      budget.bytes += bytes;
      if (budget.bytes > maxRequestBytes)
        throw fail(
          'QUERY_TOO_COMPLEX',
          `sha256 was asked of files with more than ${maxRequestBytes} bytes together; ask for fewer at once.`,
        );
      const digest = takeTurn(() => digestOf(store, names, version));
      known.set(key, digest);
      if (known.size > maxRemembered) known.delete(known.keys().next().value!);
      // What failed, or was not found, may be there the next time.
      digest.then(
        (found) => found ?? known.delete(key),
        () => known.delete(key),
      );
      return digest;
    },
  };
}

async function digestOf(store: ArtifactStore, names: ArtifactNames, version: string): Promise<string | null> {
  const file = await store.open(names);
  if (file?.version !== version) {
    await file?.close();
    return null;
  }
  const hash = createHash('sha256');
  for await (const chunk of await file.read()) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/** Runs work, no more than `count` at the same time, in the order it came. */
function createTurns(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
