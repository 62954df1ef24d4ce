import { NetworkError, RequestFailed, RunGraphError, type GraphQLErrorEntry } from './errors.js';
import type { Answer } from './http.js';
import type { LiveEndpoint } from './subscription.js';

/** As much of a WebSocket as is needed. */
interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(text: string): void;
  close(): void;
  /** Node's `ws` has it: closes without waiting for the other side. */
  terminate?(): void;
}

type SocketConstructor = new (url: string, protocol: string) => Socket;

/** Answers that wait for the reader; then the subscription is ended, and its reader comes back for the rest. */
const maxQueued = 64;

/**
 * Subscribes with the protocol graphql-transport-ws: one subscription, on a socket of its own. What many subscriptions on
 * one connection would take, and its own reconnecting, is most of the usual client of this protocol, and nothing of it here.
 */
export async function* answersOverWebSocket(
  endpoint: LiveEndpoint,
  body: string,
  signal: AbortSignal,
): AsyncGenerator<Answer | null, void, undefined> {
  const SocketClass = (endpoint.webSocket ?? (await findWebSocket())) as SocketConstructor;
  const queue: (Answer | null)[] = [];
  let ended = null as { readonly error: Error | undefined } | null;
  let wake = () => {};
  const end = (error?: Error) => {
    ended ??= { error };
    wake();
  };
  const close = subscribe(SocketClass, endpoint, body, {
    answer(answer) {
      if (ended) return;
      queue.push(answer);
      if (queue.length < maxQueued) return wake();
      end();
      close();
    },
    end,
  });
  const aborted = () => end();
  signal.addEventListener('abort', aborted);
  try {
    while (!signal.aborted) {
      const answer = queue.shift();
      if (answer !== undefined) yield answer;
      else if (ended) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    if (!signal.aborted && ended?.error) throw ended.error;
  } finally {
    signal.removeEventListener('abort', aborted);
    close();
  }
}

/** What becomes of a subscription: `null` when the server has taken the connection, answers, and an end. */
interface Sink {
  answer(answer: Answer | null): void;
  end(error?: Error): void;
}

/** @returns closes the socket */
function subscribe(
  SocketClass: SocketConstructor,
  { socketUrl, headers, keepAliveMs }: LiveEndpoint,
  body: string,
  { answer, end }: Sink,
): () => void {
  const socket = new SocketClass(socketUrl, 'graphql-transport-ws');
  const broken = (reason: string) => new NetworkError(`The connection to ${socketUrl} broke: ${reason}`);
  const silence = watchSilence(keepAliveMs, {
    ask: () => socket.send('{"type":"ping"}'),
    giveUp() {
      end(broken('nothing came'));
      // A connection that is gone answers no farewell either.
      socket.terminate?.();
    },
  });
  const take: Readonly<Record<string, (payload: unknown) => void>> = {
    connection_ack() {
      socket.send(`{"id":"1","type":"subscribe","payload":${body}}`);
      answer(null);
    },
    next: (payload) => answer(payload as Answer),
    error: (payload) => end(new RequestFailed(payload as GraphQLErrorEntry[])),
    complete: () => end(),
    ping: () => socket.send('{"type":"pong"}'),
  };
  let reason = '';
  // A browser sends no headers with a WebSocket; here the server is told who asks.
  socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init', payload: headers }));
  socket.onmessage = ({ data }) => {
    silence.heard();
    try {
      const { type, payload } = JSON.parse(data as string) as { type: string; payload?: unknown };
      take[type]?.(payload);
    } catch {
      end(broken('what came is not of the protocol'));
    }
  };
  socket.onerror = ({ message = '' }) => (reason = message);
  socket.onclose = ({ code, reason: told }) => {
    silence.end();
    end(refusalOf(code, told, socketUrl) ?? broken(told || reason || `close code ${code}`));
  };
  return () => {
    silence.end();
    // From now on nobody asks what comes.
    socket.onmessage = null;
    socket.close();
  };
}

/** Asks whether somebody is there when nothing was heard for so long, and gives up after as long again. */
function watchSilence(ms: number, { ask, giveUp }: { ask(): void; giveUp(): void }): { heard(): void; end(): void } {
  let timer = setTimeout(giveUp, 2 * ms);
  return {
    heard() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = setTimeout(giveUp, ms);
        ask();
      }, ms);
    },
    end: () => clearTimeout(timer),
  };
}

/** The platform's WebSocket; before Node 22 there is none, and the package `ws` is taken if it is installed. */
async function findWebSocket(): Promise<unknown> {
  const { WebSocket: own } = globalThis as { WebSocket?: unknown };
  if (own) return own;
  // Held in a variable, so that bundlers for browsers leave it alone.
  const name = 'ws';
  try {
    return ((await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as { default: unknown }).default;
  } catch (cause) {
    throw new RunGraphError(
      "This platform has no WebSocket: use Node 22 or later, install the package ws, give the client a webSocket, or use transport: 'sse'.",
      { code: 'UNSUPPORTED', cause },
    );
  }
}

/** Close codes that mean the same after every reconnect, and the one that asks to come back later, by what they say. */
const refusals: Readonly<Record<number, string>> = {
  4400: 'BAD_REQUEST',
  4401: 'UNAUTHENTICATED',
  4403: 'FORBIDDEN',
  4406: 'BAD_REQUEST',
  4409: 'BAD_REQUEST',
  4429: 'RATE_LIMITED',
};

/** The refusal that a close code stands for; undefined when the connection broke. */
function refusalOf(code: number, reason: string, url: string): RunGraphError | undefined {
  const refusal = refusals[code];
  return refusal ? new RunGraphError(reason || `${url} refused the connection.`, { code: refusal }) : undefined;
}
