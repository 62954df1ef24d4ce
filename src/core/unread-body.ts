import type { IncomingMessage } from 'node:http';

/** A client that goes on sending for longer after it was answered is cut off. */
const maxSecondsAfterAnswer = 30;
/** A client that sends nothing for this long is taken for gone. */
const maxIdleMs = 120_000;

/** The body of a request, chunk by chunk. What reads it may stop: the connection stays, to be answered on. */
export function bodyOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  request.setTimeout(maxIdleMs, () => request.destroy());
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array> };
}

/**
 * Reads what a client still sends of a request that is answered already, and drops it: closing the connection at once would
 * reset it before the client has read the answer.
 */
export function dropUnread(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), maxSecondsAfterAnswer * 1000);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.resume();
}
