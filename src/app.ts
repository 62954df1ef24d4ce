import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { systemClock } from './core/clock.js';
import { createCursorCodec, type CursorCodec } from './core/cursor.js';
import { ConfigError, nearest, type ServeConfig } from './config.js';
import { createContext } from './graph/context.js';
import { domainNames, type DomainName } from './graph/domains.js';
import { createDocumentCache } from './graph/documents.js';
import { createExecutor } from './graph/execute.js';
import { maxDepth, maxTokens } from './graph/limits.js';
import { buildGraph } from './graph/schema.js';
import { createSubscribe } from './graph/subscriptions.js';
import { createFanOut } from './live/fan-out.js';
import { serveArtifactProxy } from './mlflow-rest/artifact-proxy.js';
import { createArtifactRoutes } from './mlflow-rest/artifact-routes.js';
import { createLoggedModelRoutes } from './mlflow-rest/logged-model-routes.js';
import { createRegistryRoutes } from './mlflow-rest/registry-routes.js';
import { createTraceRoutes } from './mlflow-rest/trace-routes.js';
import { serveMlflowRest } from './mlflow-rest/handler.js';
import { createTrackingRoutes } from './mlflow-rest/tracking-routes.js';
import { serveOtlp } from './mlflow-rest/otlp.js';
import { serveArtifacts } from './server/artifacts.js';
import { serveGraphqlHttp } from './server/graphql-http.js';
import { createGraphqlSse } from './server/graphql-sse.js';
import { serveGraphqlWs } from './server/graphql-ws.js';
import { serveHealth } from './server/health.js';
import { createHttpServer } from './server/http.js';
import { serveMetrics } from './server/metrics.js';
import { servePages } from './server/pages.js';
import { openStores, type Stores } from './stores/open-stores.js';
import { version } from './version.js';

/** A running server. */
export interface RunningServer {
  /** URL of the API. */
  readonly url: string;
  /** Whether the embedded store has no runs yet. */
  readonly isEmpty: boolean;
  /** Ends gracefully: requests under way are answered, subscriptions are closed with 1001, accepted writes are in the file. */
  close(): Promise<void>;
}

/** Wires everything together and starts to listen. @throws ConfigError, DatabaseRefused, or what `listen` throws */
export async function startServer(config: ServeConfig): Promise<RunningServer> {
  const subgraphs = chooseDomains(config.subgraphs);
  const app = createHttpServer(config);
  const { log } = app;
  const [stores, graph] = await Promise.all([openStores({ ...config, clock: systemClock, log }), buildGraph(subgraphs)]);
  const needs = {
    stores,
    cursors: createCursorCodec(stores.cursorSecret),
    clock: systemClock,
    log,
    entity: graph.entity,
    server: { version, subgraphs, maxBodyBytes: config.maxBodyBytes, maxTokens, maxDepth },
  };
  const execute = createExecutor(graph.schema, config);
  const contextOf = () => createContext(needs);

  let closing = false;
  const local = stores.sources.get('local');
  const metrics = serveMetrics(app);
  serveHealth(app, async () => !closing && (await local.status()).state === 'READY');
  const fanOut = createFanOut({ clock: systemClock, meter: metrics.live });
  const live = {
    schema: graph.schema,
    checkDocument: createDocumentCache(graph.schema),
    execute,
    subscribe: createSubscribe({ schema: graph.schema, execute, fanOut, createContext: contextOf, log }),
    createContext: contextOf,
    clock: systemClock,
    log,
    metrics,
  };
  const sse = createGraphqlSse(app, live);
  const apollo = await serveGraphqlHttp(app, { schema: graph.schema, execute, createContext: contextOf, log, sse });
  serveArtifacts(app, stores.artifacts);
  serveMlflow(app, { stores, cursors: needs.cursors, config });
  await servePages(app);
  const closeSockets = serveGraphqlWs(app.server, {
    ...live,
    maxMessageBytes: config.maxBodyBytes,
    loopbackOnly: config.loopbackOnly,
  });

  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await stores.close();
    throw cannotListen(error, config);
  }
  const { port } = app.server.address() as AddressInfo;
  log.info({ port, sources: stores.sources.all.map(({ name }) => name), subgraphs }, 'listening');
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}/graphql`,
    isEmpty: ((await local.status()).runCount ?? 0) === 0,
    async close() {
      closing = true;
      await closeSockets();
      await app.close();
      await apollo.stop();
      await stores.close();
    },
  };
}

interface MlflowNeeds {
  readonly stores: Stores;
  readonly cursors: CursorCodec;
  readonly config: ServeConfig;
}

/** What MLflow's clients ask for, over `local`: they know no other source. */
function serveMlflow(app: FastifyInstance, { stores, cursors, config }: MlflowNeeds): void {
  const needs = { source: stores.sources.get('local'), cursors, artifacts: stores.artifacts };
  const routes = [
    ...createTrackingRoutes(needs),
    ...createRegistryRoutes(needs),
    ...createTraceRoutes(needs),
    ...createLoggedModelRoutes(needs),
    ...createArtifactRoutes(needs),
  ];
  serveMlflowRest(app, routes, config);
  serveArtifactProxy(app, stores.artifacts);
  serveOtlp(app, stores);
}

function chooseDomains(names: readonly string[] | null): DomainName[] {
  if (!names) return domainNames;
  return names.map((name) => {
    if (domainNames.includes(name as DomainName)) return name as DomainName;
    throw new ConfigError(
      `--subgraph ${name}: there is no such domain; did you mean ${nearest(name, domainNames)}? There are ${domainNames.join(', ')}.`,
    );
  });
}

const listenFailures: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there. Stop it, or choose another port with --port.',
  EADDRNOTAVAIL: 'this machine has no such address. Choose another one with --host.',
  ENOTFOUND: 'there is no such host. Choose another one with --host.',
  EACCES: 'this user may not listen there. Choose a port above 1023 with --port.',
};

function cannotListen(error: unknown, { host, port }: ServeConfig): unknown {
  const reason = listenFailures[String((error as { code?: unknown }).code)];
  return reason ? new ConfigError(`Cannot listen on ${host}, port ${port}: ${reason}`) : error;
}
