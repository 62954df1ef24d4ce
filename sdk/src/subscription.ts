import type { TypedDocument } from './document.js';
import { dataOf, type Answer, type Endpoint } from './http.js';
import { encode } from './scalars.js';
import { answersOverWebSocket } from './websocket.js';

/** Where subscriptions go. */
export interface LiveEndpoint extends Endpoint {
  readonly transport: 'websocket' | 'sse';
  /** Address for WebSockets. */
  readonly socketUrl: string;
  readonly webSocket: unknown;
  /** Milliseconds after which a connection that says nothing is asked whether it is there; after as many again it is not. */
  readonly keepAliveMs: number;
}

/** How one subscription is followed. */
export interface StreamOptions {
  readonly signal: AbortSignal;
  /** Called when the server has taken the connection. */
  readonly onConnected?: (() => void) | undefined;
}

/** Opens a subscription: `null` when the server has taken the connection, then answers as they are on the wire. */
type Transport = (endpoint: LiveEndpoint, body: string, signal: AbortSignal) => AsyncGenerator<Answer | null, void, undefined>;

/**
 * Opens one subscription on a connection of its own and answers what comes, decoded.
 * It ends, without an error, when the signal is aborted, the server ends it, or the reader falls too far behind.
 * @throws RequestFailed what the server refuses; NetworkError when the connection breaks. Everything that came before is answered first
 */
export async function* stream<Result, Variables>(
  endpoint: LiveEndpoint,
  document: TypedDocument<Result, Variables>,
  variables: Variables | undefined,
  { signal, onConnected }: StreamOptions,
): AsyncGenerator<Result, void, undefined> {
  if (signal.aborted) return;
  // Pages that never follow anything over SSE do not load what that takes.
  const transport: Transport = endpoint.transport === 'sse' ? (await import('./sse.js')).answersOverSse : answersOverWebSocket;
  for await (const answer of transport(endpoint, encode({ query: String(document), variables }), signal)) {
    if (answer) yield dataOf(answer, document) as Result;
    else onConnected?.();
  }
}
