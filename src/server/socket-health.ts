import type { WebSocket } from 'ws';
import type { Clock } from '../core/clock.js';

// Some proxies close a connection that is silent for 15 s.
const pingEveryMs = 12_000;
/** How often a peer may leave a ping unanswered while what was sent before it still waits to be read: two minutes. */
const maxUnansweredBehindData = 10;

/**
 * Pings a socket, and closes one whose peer is gone. A peer on a slow line answers late, because the ping waits behind what
 * was sent before; as long as that gets less the peer is there, and when it does not it gets time to wake up.
 */
export async function watchSocket(socket: WebSocket, clock: Clock): Promise<void> {
  const closed = new AbortController();
  let unanswered = 0;
  let unsent = 0;
  socket.once('close', () => closed.abort());
  socket.on('pong', () => (unanswered = 0));
  for (;;) {
    await clock.sleep(pingEveryMs, closed.signal);
    if (closed.signal.aborted) return;
    if (socket.bufferedAmount < unsent) unanswered = 0;
    unsent = socket.bufferedAmount;
    if (unanswered > (unsent > 0 ? maxUnansweredBehindData : 0)) return socket.terminate();
    unanswered++;
    socket.ping();
  }
}
