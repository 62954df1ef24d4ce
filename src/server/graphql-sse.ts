import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getOperationAST, type ExecutionResult } from 'graphql';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { CheckDocument } from '../graph/documents.js';
import { toPublicError } from '../graph/errors.js';
import type { Execute, Operation } from '../graph/execute.js';
import { publicResult, type Subscribe } from '../graph/subscriptions.js';
import type { Outlet } from '../live/outlet.js';
import type { ServerMetrics } from './metrics.js';
import { isOwnOrigin } from '../core/own-origin.js';

export interface GraphqlSseNeeds {
  readonly checkDocument: CheckDocument;
  readonly execute: Execute;
  readonly subscribe: Subscribe;
  readonly createContext: () => object;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ServerMetrics;
}

/** Some proxies close a connection that is silent for 15 s. */
const keepAliveMs = 12_000;
/** How long a client may take what is left for it when the server ends. */
const closeTimeoutMs = 2_000;
/** Who has read nothing of what waits for two minutes is not there any more. */
const maxSilent = 10;

/** Answers GraphQL requests that accept `text/event-stream`, each over a connection of its own (GraphQL over SSE, distinct connections). */
export interface GraphqlSse {
  accepts(request: FastifyRequest): boolean;
  answer(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export function createGraphqlSse(app: FastifyInstance, needs: GraphqlSseNeeds): GraphqlSse {
  const closing = new AbortController();
  app.addHook('preClose', (done) => {
    closing.abort();
    done();
  });
  return {
    accepts: ({ headers }) => headers.accept?.includes('text/event-stream') ?? false,
    async answer(request, reply) {
      const asked = readRequest(request);
      if (typeof asked === 'string') return void (await reply.code(400).send(badRequest(asked)));
      if (!isOwnOrigin(request.headers)) return void (await reply.code(403).send(forbidden));
      reply.hijack();
      await stream(reply.raw, asked, needs, closing.signal, request.method === 'GET');
    },
  };
}

interface AskedOperation {
  readonly query: string;
  readonly operationName: string | null | undefined;
  readonly variables: Record<string, unknown> | null | undefined;
}

/** @returns what is wrong with the request, when it is no GraphQL request at all */
function readRequest({ method, query: parameters, body }: FastifyRequest): AskedOperation | string {
  let asked: Record<string, unknown>;
  try {
    asked = (method === 'GET' ? readParameters(parameters as Record<string, string>) : body) as Record<string, unknown>;
  } catch {
    return 'The parameter variables must be JSON.';
  }
  if (asked === null || typeof asked !== 'object' || Array.isArray(asked)) return 'The body must be a JSON object with a query.';
  const { query, operationName, variables } = asked;
  if (typeof query !== 'string') return 'query must be a GraphQL document.';
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return 'operationName must be a string.';
  if (variables !== undefined && (typeof variables !== 'object' || Array.isArray(variables))) return 'variables must be an object.';
  return { query, operationName, variables: variables as AskedOperation['variables'] };
}

const readParameters = ({ variables, ...rest }: Record<string, string>) => ({
  ...rest,
  ...(variables ? { variables: JSON.parse(variables) as unknown } : {}),
});

const badRequest = (message: string) => ({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
const forbidden = {
  errors: [{ message: 'Pages of another origin are not answered.', extensions: { code: 'FORBIDDEN' } }],
};

async function stream(
  response: ServerResponse,
  asked: AskedOperation,
  needs: GraphqlSseNeeds,
  closing: AbortSignal,
  isGet: boolean,
): Promise<void> {
  const signal = untilOver(response, closing);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  const outlet: Outlet = {
    get buffered() {
      return response.writableLength;
    },
    write(payload) {
      if (!signal.aborted) response.write(`event: next\ndata: ${payload}\n\n`);
    },
  };
  needs.metrics.operations.inc();
  const kept = keepAlive(response, needs.clock, signal);
  try {
    await answerOperation(asked, needs, { outlet, signal, isGet });
  } catch (error) {
    outlet.write(JSON.stringify({ errors: [toPublicError(error, needs.log)] }));
  } finally {
    needs.metrics.operations.dec();
    // A server that ends has not completed anything: the client is to come back.
    if (!response.destroyed) response.end(closing.aborted ? '' : 'event: complete\ndata: \n\n');
    await kept;
  }
}

/**
 * A signal that is aborted when the client has its whole answer, when it is gone, and when the server ends: who then takes
 * nothing of what is left must not hold that up.
 */
function untilOver(response: ServerResponse, closing: AbortSignal): AbortSignal {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    over.abort();
    timer = setTimeout(() => response.destroy(), closeTimeoutMs);
  };
  // Not AbortSignal.any: the server's signal would remember every request there ever was.
  closing.addEventListener('abort', end, { once: true });
  response.on('error', () => over.abort());
  response.on('close', () => {
    closing.removeEventListener('abort', end);
    clearTimeout(timer);
    over.abort();
  });
  if (closing.aborted) end();
  return over.signal;
}

async function answerOperation(
  asked: AskedOperation,
  { checkDocument, execute, subscribe, createContext, log }: GraphqlSseNeeds,
  { outlet, signal, isGet }: { outlet: Outlet; signal: AbortSignal; isGet: boolean },
): Promise<void> {
  const write = (result: ExecutionResult) => outlet.write(JSON.stringify(publicResult(result, log)));
  const { document, errors } = checkDocument(asked.query, asked.operationName);
  if (errors) return write({ errors });
  const operation: Operation = { document, operationName: asked.operationName, variables: asked.variables, context: createContext() };
  const kind = getOperationAST(document, asked.operationName)!.operation;
  if (kind === 'mutation' && isGet) return outlet.write(JSON.stringify(badRequest('Mutations must be sent with POST.')));
  if (kind !== 'subscription') return write(await execute(operation));
  const opened = await subscribe(operation);
  if ('refused' in opened) return write(opened.refused);
  await opened.serve(outlet, signal);
}

async function keepAlive(response: ServerResponse, clock: Clock, signal: AbortSignal): Promise<void> {
  response.write(':\n\n'); // the client knows at once that it is connected
  let unsent = 0;
  let silent = 0;
  for (;;) {
    await clock.sleep(keepAliveMs, signal);
    if (signal.aborted) return;
    silent = unsent > 0 && response.writableLength >= unsent ? silent + 1 : 0;
    if (silent > maxSilent) return void response.destroy();
    unsent = response.writableLength;
    if (unsent === 0 && !response.writableEnded) response.write(':\n\n');
  }
}
