import { ApolloServer, HeaderMap, type ApolloServerOptionsWithGateway } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getOperationAST, GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { Logger } from '../core/logger.js';
import { toPublicError } from '../graph/errors.js';
import type { Execute } from '../graph/execute.js';
import { documentLimits, maxTokens } from '../graph/limits.js';
import type { GraphqlSse } from './graphql-sse.js';

type Gateway = ApolloServerOptionsWithGateway<object>['gateway'];

export interface GraphqlHttpNeeds {
  readonly schema: GraphQLSchema;
  readonly execute: Execute;
  readonly createContext: () => object;
  readonly log: Logger;
  /** Answers what accepts an event stream. */
  readonly sse: GraphqlSse;
}

/** Serves GraphQL over HTTP on `/graphql` with Apollo Server: GET and POST, JSON in, JSON out, every error coded. */
export async function serveGraphqlHttp(
  app: FastifyInstance,
  { schema, execute, createContext, log, sse }: GraphqlHttpNeeds,
): Promise<ApolloServer> {
  const apollo = new ApolloServer<object>({
    gateway: executingGateway(schema, execute),
    csrfPrevention: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens },
    validationRules: [documentLimits],
    stopOnTerminationSignals: false,
    logger: quiet(log),
    stringifyResult: (result) => JSON.stringify(result),
    formatError: (_formatted, error) => toPublicError(error, log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      answerPlainJsonWith200,
    ],
  });
  await apollo.start();
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: (request, reply) => (sse.accepts(request) ? sse.answer(request, reply) : answer(apollo, createContext(), request, reply)),
  });
  return apollo;
}

async function answer(apollo: ApolloServer<object>, context: object, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, String(value));
  if (!mayBeBrowser(request)) headers.set('apollo-require-preflight', 'true');
  const {
    status,
    headers: answered,
    body,
  } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method, headers, search: new URL(request.url, 'http://localhost').search, body: request.body },
    context: () => Promise.resolve(context),
  });
  void reply.code(status ?? 200);
  for (const [name, value] of answered) void reply.header(name, value);
  if (body.kind === 'complete') return reply.send(body.string);
  throw new Error('Incremental delivery is not offered.');
}

/**
 * Whether a web page could have sent the request. Apollo's CSRF prevention guards those; a program without any mark of a
 * browser has no cookies or network position that somebody else could borrow, so its plain GETs are answered.
 */
function mayBeBrowser({ headers }: FastifyRequest): boolean {
  // Not sec-fetch-mode: browsers never send it without sec-fetch-site, but Node's fetch does.
  const marks = ['origin', 'referer', 'cookie', 'sec-fetch-site'];
  return marks.some((name) => headers[name] !== undefined) || (headers['user-agent'] ?? 'Mozilla').startsWith('Mozilla');
}

interface GatewayRequest {
  readonly document: DocumentNode;
  readonly request: { readonly operationName?: string; readonly variables?: Record<string, unknown> };
  readonly context: unknown;
}

const overWebSocket = {
  errors: [
    new GraphQLError(
      'Subscriptions are answered at this same address over WebSocket (graphql-transport-ws), and as an event stream (accept: text/event-stream).',
      {
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      },
    ),
  ],
};

// The gateway interface is Apollo's one way to bring an executor of one's own and keep everything around it.
function executingGateway(schema: GraphQLSchema, execute: Execute): Gateway {
  return {
    load: () =>
      Promise.resolve({
        // The name as it was asked for: Apollo's own is null when no operation has it, and then another one would be executed.
        executor: async ({ document, request: { operationName, variables }, context }: GatewayRequest) =>
          getOperationAST(document, operationName)?.operation === 'subscription'
            ? overWebSocket
            : execute({ document, operationName, variables, context }),
      }),
    stop: () => Promise.resolve(),
    onSchemaLoadOrUpdate(use) {
      use({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
  };
}

// GraphQL over HTTP: to a client that accepts only application/json, a request that was understood but refused is a 200.
const answerPlainJsonWith200 = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({
        request,
        response,
      }: {
        request: { http?: { headers: HeaderMap } };
        response: {
          http: { status?: number };
          body: { kind: string; singleResult?: { errors?: readonly { extensions?: { code?: unknown } }[] } };
        };
      }) {
        const accept = request.http?.headers.get('accept') ?? '';
        const errors = response.body.kind === 'single' ? (response.body.singleResult?.errors ?? []) : [];
        const refused = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'QUERY_TOO_COMPLEX'];
        const plain = accept.includes('application/json') && !accept.includes('application/graphql-response+json');
        if (response.http.status === 400 && plain && errors.every((error) => refused.includes(String(error.extensions?.code))))
          response.http.status = 200;
        return Promise.resolve();
      },
    }),
};

const quiet = (log: Logger) => ({
  debug: () => {},
  info: () => {},
  warn: (message?: unknown) => log.warn({}, String(message)),
  error: (message?: unknown) => log.error({}, String(message)),
});
