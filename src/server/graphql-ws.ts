import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  GraphQLError,
  getOperationAST,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { isLoopbackHeader } from '../core/loopback.js';
import type { Logger } from '../core/logger.js';
import { toPublicError } from '../graph/errors.js';
import { subscribe, type Execute } from '../graph/execute.js';
import { documentLimits, maxTokens } from '../graph/limits.js';
import type { ServerMetrics } from './metrics.js';

export interface GraphqlWsNeeds {
  readonly schema: GraphQLSchema;
  readonly execute: Execute;
  readonly createContext: () => object;
  readonly log: Logger;
  readonly metrics: ServerMetrics;
  readonly maxMessageBytes: number;
  /** Whether only requests whose `Host` is this computer are answered. */
  readonly loopbackOnly: boolean;
}

// Some proxies close a connection that is silent for 15 s.
const keepAliveMs = 12_000;
const maxParsed = 500;
/** Longer documents are checked every time: what is kept must not fill the memory. */
const maxParsedLength = 20_000;
/** How long a client may take to answer that its socket is being closed. */
const closeTimeoutMs = 2_000;

/** Serves graphql-transport-ws on `/graphql`. @returns closes every socket with 1001 */
export function serveGraphqlWs(
  server: Server,
  { schema, execute, createContext, log, metrics, maxMessageBytes, loopbackOnly }: GraphqlWsNeeds,
): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const documents = createDocumentCache(schema);
  const open = useServer(
    {
      schema,
      onSubscribe(_context, _id, payload) {
        const { document, errors } = documents(payload.query);
        if (errors) return errors;
        if (!getOperationAST(document, payload.operationName)) return [unknownOperation(payload.operationName)];
        return { schema, document, operationName: payload.operationName, variableValues: payload.variables, contextValue: createContext() };
      },
      async execute(args) {
        const { document, operationName, variableValues, contextValue } = args;
        return execute({ document, operationName, variables: variableValues, context: contextValue });
      },
      subscribe: (args) => subscribe(args, execute, createContext),
      onOperation: () => metrics.subscriptions.inc(),
      onComplete: () => metrics.subscriptions.dec(),
      onNext: (_context, _id, _payload, _args, result) => publicResult(result as ExecutionResult, log),
      onError: (_context, _id, _payload, errors) => errors.map((error) => toPublicError(error, log)),
    },
    sockets,
    keepAliveMs,
  );
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split('?', 1)[0] !== '/graphql') return refuse(socket, '404 Not Found');
    if (!isOwnOrigin(request) || (loopbackOnly && !isLoopbackHeader(request.headers.host))) return refuse(socket, '403 Forbidden');
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

/** Browsers let any page open a socket to any host: a page of another origin must not read experiments through its visitor. */
function isOwnOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
}

function refuse(socket: Duplex, status: string): void {
  // Node listens no more once it has handed the socket over; a client that is gone must not end the process.
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
}

function publicResult(result: ExecutionResult, log: Logger): ExecutionResult | undefined {
  if (!result.errors) return undefined;
  // Formatted errors are what the protocol carries; the type wants their unformatted kin.
  return { ...result, errors: result.errors.map((error) => toPublicError(error, log)) as unknown as GraphQLError[] };
}

type Checked =
  | { readonly document: DocumentNode; readonly errors?: undefined }
  | { readonly document?: undefined; readonly errors: readonly GraphQLError[] };

/** Parses and validates documents once: a thousand clients of one page send the same. */
function createDocumentCache(schema: GraphQLSchema): (text: string) => Checked {
  const checked = new Map<string, Checked>();
  return (text) => {
    let result = checked.get(text);
    if (!result) {
      result = check(text);
      if (text.length > maxParsedLength) return result;
      if (checked.size >= maxParsed) checked.delete(checked.keys().next().value!);
      checked.set(text, result);
    }
    return result;
  };

  function check(text: string): Checked {
    try {
      const document = parse(text, { maxTokens });
      const errors = validate(schema, document, [...specifiedRules, documentLimits]);
      if (errors.length === 0) return { document };
      return { errors: errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')) };
    } catch (error) {
      return { errors: [coded(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')] };
    }
  }
}

const unknownOperation = (name: string | null | undefined): GraphQLError =>
  new GraphQLError(
    typeof name === 'string'
      ? `Unknown operation named ${JSON.stringify(name)}.`
      : 'Must provide operation name if query contains multiple operations.',
    {
      extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
    },
  );

const coded = (error: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { code, ...error.extensions },
  });
