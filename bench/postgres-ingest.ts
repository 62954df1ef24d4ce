import pg from 'pg';
import { post, whileCounting } from './load.js';
import { startRunGraph } from './processes.js';
import { ratio, report } from './report.js';

const points = 1_000;
const clients = 4;
const document = 'mutation($input: LogMetricsInput!) { logMetrics(input: $input) { pointsAccepted userErrors { message } } }';

/** Points per second that four clients get stored in PostgreSQL, beside the driver alone with the same rows on four connections. */
export async function benchPostgresIngest(url: string, dataFolder: string, seconds: number): Promise<void> {
  const runs = await existingRuns(url);
  const raw = await rawPointsPerSecond(url, runs, seconds);
  const ours = await ourPointsPerSecond(url, dataFolder, seconds);
  report(
    'PostgreSQL ingest, 4 clients, batches of 1,000: points/s stored',
    Math.round(ours).toLocaleString('en'),
    `${ratio(ours, raw)} the raw driver (${Math.round(raw).toLocaleString('en')})`,
  );
}

const range = (n: number) => Array.from({ length: points }, (_, index) => n * points + index);

async function ourPointsPerSecond(url: string, dataFolder: string, seconds: number): Promise<number> {
  const server = await startRunGraph(dataFolder, url);
  try {
    const answer = await post(server.url, { query: `{ runs(first: ${clients}) { nodes { id } } }` });
    const ids = (JSON.parse(answer) as { data: { runs: { nodes: { id: string }[] } } }).data.runs.nodes.map(({ id }) => id);
    const log = (run: string, key: string, n: number) => {
      const series = [{ key, values: range(n).map(Math.sqrt), steps: range(n), timestamps: range(n) }];
      return post(server.url, { query: document, variables: { input: { run, series } } });
    };
    const all = (key: string) => ids.map((id) => (n: number) => log(id, key, n));
    await whileCounting(1, all('warm up'));
    return (await whileCounting(seconds, all('ours'))) * points;
  } finally {
    await server.stop();
  }
}

async function existingRuns(url: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<{ run_uuid: string }>('SELECT run_uuid FROM runs LIMIT $1', [clients]);
  await client.end();
  return rows.map(({ run_uuid }) => run_uuid);
}

/** The driver alone: one statement of the same 1,000 rows a transaction. */
async function rawPointsPerSecond(url: string, runs: readonly string[], seconds: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: clients });
  const text = `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
    SELECT 'raw', value, step, $1, step, FALSE FROM unnest($2::float8[], $3::int8[]) AS p (value, step) ON CONFLICT DO NOTHING`;
  try {
    const insert = (run: string, n: number) => pool.query(text, [run, range(n).map(Math.sqrt), range(n)]);
    return (
      (await whileCounting(
        seconds,
        runs.map((run) => (n) => insert(run, n)),
      )) * points
    );
  } finally {
    await pool.end();
  }
}
