/**
 * A generator that can be ended while somebody waits for its next item. A plain one keeps `return()` waiting until that
 * item comes, which in a quiet stream is never.
 * @param make gets a signal that is aborted by `signal` and by `return()`; the generator must end with it
 */
export function interruptible<T>(
  signal: AbortSignal | undefined,
  make: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const left = new AbortController();
  const items = make(signal ? AbortSignal.any([signal, left.signal]) : left.signal);
  const end = items.return.bind(items);
  return Object.assign(items, {
    return: (value: void | PromiseLike<void>) => {
      left.abort();
      return end(value);
    },
  });
}
