import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type ExecutionArgs, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '../core/clock.js';
import { fail } from '../core/errors.js';
import { isLoopbackHeader } from '../core/loopback.js';
import type { Logger } from '../core/logger.js';
import type { CheckDocument } from '../graph/documents.js';
import { toPublicError } from '../graph/errors.js';
import type { Execute } from '../graph/execute.js';
import { publicResult, type OpenSubscription, type Subscribe } from '../graph/subscriptions.js';
import type { Outlet } from '../live/outlet.js';
import type { ServerMetrics } from './metrics.js';
import { isOwnOrigin } from '../core/own-origin.js';
import { createSocketOperations, maxOperationsPerSocket, type SocketOperations } from './socket-operations.js';
import { watchSocket } from './socket-health.js';

export interface GraphqlWsNeeds {
  readonly schema: GraphQLSchema;
  readonly checkDocument: CheckDocument;
  readonly execute: Execute;
  readonly subscribe: Subscribe;
  readonly createContext: () => object;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ServerMetrics;
  readonly maxMessageBytes: number;
  /** Whether only requests whose `Host` is this computer are answered. */
  readonly loopbackOnly: boolean;
}

/** How long a client may take to answer that its socket is being closed. */
const closeTimeoutMs = 2_000;

/** Answers may wait for a client that much; who asks for more before it has read them is let go. */
const maxUnreadBytes = 64 * 1024 * 1024;

/** What an operation is executed with, and where its results go. */
interface PlacedArgs extends ExecutionArgs {
  readonly socket: WebSocket;
  readonly id: string;
  readonly operation: AbortController;
}

/** Serves graphql-transport-ws on `/graphql`. @returns closes every socket with 1001 */
export function serveGraphqlWs(server: Server, needs: GraphqlWsNeeds): () => Promise<void> {
  const { schema, checkDocument, execute, subscribe, createContext, clock, log, metrics, loopbackOnly } = needs;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: needs.maxMessageBytes });
  const operations = createSocketOperations();
  const open = useServer(
    {
      schema,
      onSubscribe({ extra }, id, { query, operationName, variables }): PlacedArgs | readonly GraphQLError[] {
        const { document, errors } = checkDocument(query, operationName);
        if (errors) return errors;
        const { socket } = extra;
        // A client that asks on without reading: over HTTP it would not be read from; here it could fill the memory.
        if (socket.bufferedAmount > maxUnreadBytes) socket.terminate();
        if (operations.isFull(socket)) return [tooManyOperations];
        const place = { socket, id, operation: operations.begin(socket, id) };
        return { schema, document, operationName, variableValues: variables, contextValue: createContext(), ...place };
      },
      async execute(args) {
        const { document, operationName, variableValues, contextValue, socket, id, operation } = args as PlacedArgs;
        const asked = execute({ document, operationName, variables: variableValues, context: contextValue });
        const answer = await asked.finally(() => operations.end(socket, id, operation));
        return operation.signal.aborted ? unheard() : answer;
      },
      async subscribe(args) {
        const { document, operationName, variableValues, contextValue, ...place } = args as PlacedArgs;
        const opened = await subscribe({ document, operationName, variables: variableValues, context: contextValue });
        if (place.operation.signal.aborted) return unheard();
        if (!('refused' in opened)) return lifetimeOf(opened, place, { operations, metrics });
        operations.end(place.socket, place.id, place.operation);
        return opened.refused;
      },
      onNext: (_context, _id, _payload, _args, result) => publicResult(result as ExecutionResult, log),
      onError: (_context, _id, _payload, errors) => errors.map((error) => toPublicError(error, log)),
    },
    sockets,
    0, // pings are ours: the library's would end a client on a slow line
  );
  sockets.on('connection', (socket) => void watchSocket(socket, clock));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?', 1)[0] !== '/graphql') return refuse(socket, '404 Not Found');
    if (!isOwnOrigin(request.headers) || (loopbackOnly && !isLoopbackHeader(request.headers.host))) return refuse(socket, '403 Forbidden');
    sockets.handleUpgrade(request, socket, head, (upgraded) => sockets.emit('connection', upgraded, request));
  });
  return async () => {
    const timer = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
    }, closeTimeoutMs);
    await open.dispose();
    clearTimeout(timer);
  };
}

const tooManyOperations = new GraphQLError('', {
  originalError: fail(
    'RATE_LIMITED',
    `This connection has ${maxOperationsPerSocket} operations open, and may not have more; complete some, or open another one.`,
  ),
});

/**
 * How an operation ends that its client does not wait for any more: never, as far as the library knows, which would complete
 * the operation that has the id now. Each gets a promise of its own, so that nothing is kept of it.
 */
const unheard = () => new Promise<never>(() => {});

function refuse(socket: Duplex, status: string): void {
  // Node listens no more once it has handed the socket over; a client that is gone must not end the process.
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

/** Writes results of an operation straight to its socket: a promise for each of thousands of them would cost more than the rest. */
function outletOf(socket: WebSocket, id: string): Outlet {
  const prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  return {
    get buffered() {
      return socket.bufferedAmount;
    },
    write(payload) {
      if (socket.readyState === socket.OPEN) socket.send(`${prefix}${payload}}`);
    },
  };
}

/**
 * What stands for the subscription in the library, which keeps the protocol: it yields nothing, ends when the subscription
 * does, and ends the subscription when the client completes it or goes.
 */
function lifetimeOf(
  subscription: OpenSubscription,
  { socket, id, operation }: Pick<PlacedArgs, 'socket' | 'id' | 'operation'>,
  { operations, metrics }: { operations: SocketOperations; metrics: ServerMetrics },
): AsyncIterableIterator<ExecutionResult> {
  const done = { value: undefined, done: true } as const;
  const lifetime: AsyncIterableIterator<ExecutionResult> = {
    async next() {
      metrics.operations.inc();
      await subscription.serve(outletOf(socket, id), operation.signal).finally(() => metrics.operations.dec());
      operations.end(socket, id, operation);
      return operation.signal.aborted ? unheard() : done;
    },
    return() {
      operation.abort();
      operations.end(socket, id, operation);
      return Promise.resolve(done);
    },
    [Symbol.asyncIterator]: () => lifetime,
  };
  return lifetime;
}
