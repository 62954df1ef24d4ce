import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the server counts. */
export interface ServerMetrics {
  /** Operations open over WebSocket. */
  readonly subscriptions: Gauge;
}

/** Serves Prometheus metrics on `/metrics` and measures every HTTP request. */
export function serveMetrics(app: FastifyInstance): ServerMetrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const seconds = new Histogram({
    name: 'rungraph_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [register],
  });
  const subscriptions = new Gauge({
    name: 'rungraph_websocket_operations',
    help: 'Operations open over WebSocket.',
    registers: [register],
  });
  app.addHook('onResponse', (request, reply, done) => {
    seconds.observe(
      { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
    done();
  });
  app.get('/metrics', async (_request, reply) => reply.header('content-type', register.contentType).send(await register.metrics()));
  return { subscriptions };
}
