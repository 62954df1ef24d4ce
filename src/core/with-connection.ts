import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

/**
 * Ends a stream, that is the answer to a request, together with its connection. Node closes only the answer that is being sent
 * when a client leaves: those that wait behind it on the same connection would hold on to their files.
 */
export function withConnection<T extends Readable>({ socket }: IncomingMessage, stream: T): T {
  const end = () => stream.destroy();
  if (socket.destroyed) return end();
  socket.setMaxListeners(0); // as many as wait
  socket.once('close', end);
  stream.once('close', () => socket.off('close', end));
  return stream;
}
