// What the same messages cost with graphql-js, graphql-ws and a publish-subscribe in memory: no store, no history, no cursor
// that could be resumed, and an execution for every subscriber.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, graphql } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const schema = buildSchema(`
  scalar Long
  scalar Double
  type Query { ready: Boolean! }
  type Mutation { logMetrics(input: LogMetricsInput!): LogMetricsPayload! }
  type Subscription { metricPoints(input: MetricPointsInput!): MetricBatch! }
  input LogMetricsInput { run: ID! series: [SeriesInput!]! }
  input SeriesInput { key: String! values: [Double!]! steps: [Long!]! timestamps: [Long!]! }
  type LogMetricsPayload { pointsAccepted: Int! userErrors: [UserError!]! }
  type UserError { message: String! }
  input MetricPointsInput { runIds: [ID!] history: History maxRateHz: Float after: String }
  enum History { NONE }
  enum BatchKind { HISTORY LIVE }
  type MetricBatch { kind: BatchKind! cursor: String! series: [MetricPoints!]! caughtUp: Boolean! dropped: Int! }
  type MetricPoints { runId: ID! key: String! steps: [Long!]! timestamps: [Long!]! values: [Double!]! }
`);

interface Logged {
  readonly input: { readonly run: string; readonly series: readonly { readonly key: string; readonly values: readonly number[] }[] };
}

const maxWaiting = 256;
const subscribers = new Set<(batch: object) => void>();
// As long as a cursor of one run is.
const batchOf = (kind: string, series: readonly object[]) => ({ kind, cursor: 'c'.repeat(120), series, caughtUp: true, dropped: 0 });

const root = {
  ready: true,
  logMetrics({ input: { run, series } }: Logged) {
    const batch = { metricPoints: batchOf('LIVE', series.map((points) => ({ runId: run, ...points }))) }; // prettier-ignore
    for (const push of subscribers) push(batch);
    return { pointsAccepted: series.reduce((sum, { values }) => sum + values.length, 0), userErrors: [] };
  },
  metricPoints: listen,
};

/** Batches as they are published; of those that wait too long only the newest are kept. */
function listen(): AsyncGenerator<object> {
  const waiting: object[] = [{ metricPoints: batchOf('HISTORY', []) }];
  let wake = () => {};
  const push = (batch: object) => {
    if (waiting.length >= maxWaiting) waiting.shift();
    waiting.push(batch);
    wake();
  };
  subscribers.add(push);
  return (async function* () {
    try {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift()!;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      subscribers.delete(push);
    }
  })();
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { query, variables } = JSON.parse(Buffer.concat(parts).toString()) as { query: string; variables: Record<string, unknown> };
    void graphql({ schema, source: query, rootValue: root, variableValues: variables }).then((result) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(result));
    });
  });
});
useServer({ schema, roots: { subscription: root, query: root } }, new WebSocketServer({ server, path: '/graphql' }));
server.listen(0, '127.0.0.1', () => console.log(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`));
