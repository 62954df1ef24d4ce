/**
 * An async iterator that can be ended while it waits.
 * A generator alone cannot: its `return()` stands in line behind the `next()` that waits for a bell.
 * @param generate yields values until the signal is aborted, and cleans up in `finally`
 */
export function stoppable<T>(generate: (signal: AbortSignal) => AsyncGenerator<T>): AsyncIterableIterator<T> {
  const controller = new AbortController();
  const generator = generate(controller.signal);
  return {
    next: () => generator.next(),
    async return() {
      controller.abort();
      return generator.return(undefined);
    },
    async throw(error) {
      controller.abort();
      return generator.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
