import type { WebSocket } from 'ws';
import type { Clock } from '../core/clock.js';

// Some proxies close a connection that is silent for 15 s.
const pingEveryMs = 12_000;

/**
 * Pings a socket, and closes one whose peer is gone. A peer on a slow line answers late, because the ping waits behind what
 * was sent before: as long as that gets less, the peer is there.
 */
export async function watchSocket(socket: WebSocket, clock: Clock): Promise<void> {
  const closed = new AbortController();
  let answered = true;
  socket.once('close', () => closed.abort());
  socket.on('pong', () => (answered = true));
  let unsent = 0;
  for (;;) {
    await clock.sleep(pingEveryMs, closed.signal);
    if (closed.signal.aborted) return;
    const isMoving = socket.bufferedAmount < unsent;
    if (!answered && !isMoving) return socket.terminate();
    answered = false;
    unsent = socket.bufferedAmount;
    socket.ping();
  }
}
