import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createGatewayRuntime, getGraphQLWSOptions } from '@graphql-hive/gateway-runtime';
import { normalizeNodeRequest } from '@whatwg-node/server';
import { GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const { HOST = '127.0.0.1', PORT = '4000', SUPERGRAPH = 'supergraph.graphql', LOG_LEVEL = 'warn' } = process.env;

const upstreamSocket = { kind: 'ws', options: { connectionParams: { Authorization: '{context.headers.authorization}' } } };
// An upstream socket that does not open gives an error without a code, only with this text of Node or ws.
const isSocketRefused = ({ message }) => /^connect E[A-Z]+ |^getaddrinfo |^Unexpected server response: /.test(message);

if (!existsSync(SUPERGRAPH)) fail(`${SUPERGRAPH} does not exist; compose.mjs makes it`);
const gateway = createGatewayRuntime({
  // Read once: a reload would end every subscription, and a half-written file would end the process.
  supergraph: readFileSync(SUPERGRAPH, 'utf8'),
  logging: LOG_LEVEL,
  graphiql: false,
  landingPage: false,
  // `context.headers` holds the HTTP headers and, for a WebSocket, also the connection_init payload.
  propagateHeaders: { fromClientToSubgraphs: ({ context }) => ({ authorization: context.headers?.authorization }) },
  transportEntries: { '*.http': { options: { subscriptions: upstreamSocket } } },
  // A subgraph that hangs counts as one that is down. For a subscription this would be the length of its life.
  upstreamTimeout: ({ executionRequest }) => (executionRequest.operationType === 'subscription' ? undefined : 30_000),
  maskedErrors: { maskError },
});

const server = createServer(gateway);
const sockets = new WebSocketServer({ server, path: gateway.graphqlEndpoint });
useServer(getGraphQLWSOptions(gateway, asGatewayContext), sockets);

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);
server.once('error', (error) => fail(error.message));
await gateway.getSchema();
server.listen(Number(PORT), HOST, () => {
  const host = HOST.includes(':') ? `[${HOST}]` : HOST;
  console.log(`Gateway ready at http://${host}:${server.address().port}${gateway.graphqlEndpoint}`);
});

/** What a client may see of an error: codes of subgraphs pass, hosts, ports and bodies of failed requests do not. */
function maskError(error, message) {
  const { code, serviceName } = error?.extensions ?? {};
  const coded = (text, newCode) =>
    new GraphQLError(text, { path: error?.path, extensions: { code: newCode, ...(serviceName && { serviceName }) } });
  const isDown =
    code === 'SUBREQUEST_HTTP_ERROR' || code === 'GATEWAY_TIMEOUT' || (error instanceof Error && !code && isSocketRefused(error));
  if (isDown) return coded(`${serviceName ? `subgraph ${serviceName}` : 'a subgraph'} is not available`, 'SUBGRAPH_UNAVAILABLE');
  if (error instanceof GraphQLError && code && code !== 'INTERNAL_SERVER_ERROR') return error;
  return coded(message, 'INTERNAL_SERVER_ERROR');
}

/** Clients write `Authorization` or `authorization` in connection_init; HTTP header names have no case, these get none either. */
function asGatewayContext({ connectionParams, extra }) {
  const headers = Object.entries(connectionParams ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    connectionParams: Object.fromEntries(headers),
    req: extra.request,
    socket: extra.socket,
    request: normalizeNodeRequest(extra.request, gateway.fetchAPI),
  };
}

/** Upstream sockets would keep the process alive, so it ends itself; half a second is for the close frames. */
function stop() {
  for (const socket of sockets.clients) socket.close(1001, 'going away');
  server.close();
  setTimeout(() => server.closeAllConnections(), 200);
  setTimeout(() => process.exit(0), 500);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
