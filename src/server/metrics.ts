import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LiveMeter } from '../live/live-meter.js';

/** What the server counts. */
export interface ServerMetrics {
  /** Operations open over WebSocket or SSE. */
  readonly operations: Gauge;
  readonly live: LiveMeter;
}

/** Serves Prometheus metrics on `/metrics` and measures every HTTP request. */
export function serveMetrics(app: FastifyInstance): ServerMetrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const seconds = new Histogram({
    name: 'rungraph_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  const operations = new Gauge({ name: 'rungraph_websocket_operations', help: 'Operations open over WebSocket or SSE.', registers });
  app.addHook('onResponse', (request, reply, done) => {
    seconds.observe(
      { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
    done();
  });
  app.get('/metrics', async (_request, reply) => reply.header('content-type', register.contentType).send(await register.metrics()));
  return { operations, live: createLiveMeter(registers) };
}

function createLiveMeter(registers: Registry[]): LiveMeter {
  const counter = (name: string, help: string) => new Counter({ name: `rungraph_live_${name}_total`, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: `rungraph_live_${name}`, help, registers });
  const groups = gauge('groups', 'Groups of subscribers that share one reading.');
  const subscribers = gauge('subscribers', 'Subscribers of live streams.');
  const batches = counter('batches', 'Batches that were read and sent to a group.');
  const messages = counter('messages', 'Messages written to subscribers.');
  const merged = counter('merged', 'Commits that came together with another one in a batch.');
  const moves = counter('moves', 'Times a subscriber could not keep up and was moved back to its cursor.');
  const lag = new Histogram({
    name: 'rungraph_live_lag_seconds',
    help: 'Time from the ring after a commit until the last subscriber of the group was written to; the rate limit of a subscription is part of it.',
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
    registers,
  });
  return {
    groupOpened: () => groups.inc(),
    groupClosed: () => groups.dec(),
    subscriberJoined: () => subscribers.inc(),
    subscriberLeft: () => subscribers.dec(),
    batchRead(rings) {
      batches.inc();
      merged.inc(Math.max(0, rings - 1));
    },
    messagesWritten: (count) => messages.inc(count),
    subscriberMovedBack: () => moves.inc(),
    lag: (elapsed) => lag.observe(elapsed),
  };
}
