import type { Client } from 'graphql-ws/client';
import { TypedDocumentString, type TypedDocument } from './document.js';
import { NetworkError, RequestFailed, RunGraphError, type GraphQLErrorEntry } from './errors.js';
import { decode, encode } from './scalars.js';

/** Where subscriptions go. */
export interface SocketEndpoint {
  readonly url: string;
  /** What the server is told first; who asks, for example. */
  readonly connectionParams: Record<string, unknown>;
  readonly webSocket: unknown;
}

interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called when the server has taken the connection. */
  readonly onConnected?: () => void;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly unknown[] | undefined;
}

const pingMs = 12_000;
/** Answers that wait for the reader; then the subscription is ended, and its reader comes back for the rest. */
const maxQueued = 64;

/**
 * Opens one subscription on a connection of its own and answers what comes, decoded.
 * It ends, without an error, when the signal is aborted, the server ends it, or the reader falls too far behind.
 * @throws RequestFailed what the server refuses; NetworkError when the connection breaks. Everything that came before is answered first
 */
export async function* stream<Result, Variables>(
  endpoint: SocketEndpoint,
  document: TypedDocument<Result, Variables>,
  variables: Variables | undefined,
  { signal, onConnected }: StreamOptions,
): AsyncGenerator<Result, void, undefined> {
  const client = await connect(endpoint, onConnected);
  const queue: Answer[] = [];
  let ended = null as { readonly error?: Error } | null;
  let wake = () => {};
  const end = (how: { readonly error?: Error }) => {
    ended ??= how;
    wake();
  };
  const aborted = () => end({});
  signal?.addEventListener('abort', aborted);
  if (signal?.aborted) aborted();
  const payload = { query: String(document), variables: variables && (JSON.parse(encode(variables)) as Record<string, unknown>) };
  const unsubscribe = client.subscribe(payload, {
    next(result) {
      if (ended) return;
      queue.push(result);
      if (queue.length >= maxQueued) end({});
      else wake();
    },
    error: (error) => end({ error: toError(error, endpoint.url) }),
    complete: () => end({}),
  });
  try {
    while (!signal?.aborted) {
      const result = queue.shift();
      if (result) yield read(result, document);
      else if (ended) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    if (!signal?.aborted && ended?.error) throw ended.error;
  } finally {
    signal?.removeEventListener('abort', aborted);
    unsubscribe();
    void client.dispose();
  }
}

function read<Result>({ data, errors }: Answer, document: TypedDocument<Result, never>): Result {
  if (data && document instanceof TypedDocumentString) decode(data, document.shape);
  if (errors) throw new RequestFailed(errors as GraphQLErrorEntry[], { data });
  return data as Result;
}

async function connect({ url, connectionParams, webSocket }: SocketEndpoint, onConnected: (() => void) | undefined): Promise<Client> {
  const { createClient } = await import('graphql-ws/client');
  const webSocketImpl = webSocket ?? (await findWebSocket());
  let silence: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url,
    webSocketImpl,
    connectionParams,
    retryAttempts: 0,
    keepAlive: pingMs,
    connectionAckWaitTimeout: pingMs,
    on: {
      connected: () => onConnected?.(),
      // A laptop that slept has a connection that never says it is gone.
      ping: (received) => void (received || (silence = setTimeout(() => client.terminate(), pingMs))),
      pong: (received) => void (received && clearTimeout(silence)),
      closed: () => clearTimeout(silence),
    },
  });
  return client;
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
      'This platform has no WebSocket: use Node 22 or later, install the package ws, or give the client a webSocket.',
      {
        code: 'UNSUPPORTED',
        cause,
      },
    );
  }
}

/** Close codes that mean the same after every reconnect, by what they say. */
const refusals: Readonly<Record<number, string>> = {
  4400: 'BAD_REQUEST',
  4401: 'UNAUTHENTICATED',
  4403: 'FORBIDDEN',
  4406: 'BAD_REQUEST',
  4409: 'BAD_REQUEST',
};

function toError(error: unknown, url: string): RunGraphError {
  if (Array.isArray(error)) return new RequestFailed(error as GraphQLErrorEntry[]);
  const { code, reason, message } = error as { code?: number; reason?: string; message?: string };
  const refusal = code === undefined ? undefined : refusals[code];
  if (refusal) return new RunGraphError(reason || `${url} refused the connection.`, { code: refusal });
  return new NetworkError(`The connection to ${url} broke: ${reason || message || `close code ${code ?? 'unknown'}`}`, { cause: error });
}
