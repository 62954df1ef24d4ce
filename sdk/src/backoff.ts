const firstMs = 200;
const mostMs = 5_000;
/** Nobody waits longer than an hour, whatever the server asks for; a timer would take more than 24 days for none at all. */
const mostRetryAfterMs = 3_600_000;

/**
 * Milliseconds to wait before trying again: doubled each time, up to 5 s, of which a random half, so that many clients
 * do not come back together; at least what the server asked for, up to an hour.
 * @param attempt failures so far, counted from 0
 */
export const backoffMs = (attempt: number, retryAfter = 0): number =>
  Math.max(Math.min(retryAfter * 1000, mostRetryAfterMs), Math.min(mostMs, firstMs * 2 ** attempt) * (0.5 + Math.random() / 2));

/** Resolves after `ms`, or at once when the signal is aborted. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
