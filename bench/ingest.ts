import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMigrations } from '../src/stores/engine/migrations.js';
import { SqliteConnection } from '../src/stores/engine/sqlite/connection.js';
import { migrateSqlite } from '../src/stores/engine/sqlite/migrate.js';
import { openWriter } from '../src/stores/engine/sqlite/open.js';
import { post, whileCounting } from './load.js';
import { startMlflow, startRunGraph } from './processes.js';
import { ratio, report } from './report.js';
import { seedRuns } from './seed.js';

const points = 1_000;
const document = 'mutation($input: LogMetricsInput!) { logMetrics(input: $input) { pointsAccepted userErrors { message } } }';

/** Points per second that four clients get stored in batches of 1,000, and one client in requests of one point. */
export async function benchIngest(seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rungraph-bench-'));
  try {
    await seedRuns(folder, 4, 1);
    const raw = await rawPointsPerSecond(join(folder, 'raw'), seconds);
    const ours = await ourPointsPerSecond(folder, seconds);
    report(
      'ingest, 4 clients, batches of 1,000: points/s stored',
      Math.round(ours.batched).toLocaleString('en'),
      `${ratio(ours.batched, raw)} the raw driver (${Math.round(raw).toLocaleString('en')})`,
    );
    report('ingest, 1 client, one point a request: requests/s', ours.single.toFixed(0));
    await benchMlflow(join(folder, 'peer.db'), seconds, ours);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ourPointsPerSecond(folder: string, seconds: number): Promise<{ batched: number; single: number }> {
  const server = await startRunGraph(folder);
  try {
    const { data } = JSON.parse(await post(server.url, { query: '{ runs(first: 4) { nodes { id } } }' })) as {
      data: { runs: { nodes: { id: string }[] } };
    };
    const runs = data.runs.nodes.map(({ id }) => id);
    const log = (run: string, series: object) => post(server.url, { query: document, variables: { input: { run, series: [series] } } });
    await whileCounting(1, [(n) => log(runs[0]!, batch('warm-up', n))]);
    const batched = await whileCounting(
      seconds,
      runs.map((run) => (n) => log(run, batch('loss', n))),
    );
    const single = await whileCounting(seconds, [(n) => log(runs[0]!, { key: 'single', values: [n], steps: [n], timestamps: [n] })]);
    return { batched: batched * points, single };
  } finally {
    await server.stop();
  }
}

const range = (n: number) => Array.from({ length: points }, (_, index) => n * points + index);

const batch = (key: string, n: number) => ({ key, values: range(n).map(Math.sqrt), steps: range(n), timestamps: range(n) });

/** The driver alone: the same rows into the same table in transactions of 1,000, on this thread. */
async function rawPointsPerSecond(path: string, seconds: number): Promise<number> {
  migrateSqlite(path, readMigrations('mlflow', 'sqlite'));
  const connection = new SqliteConnection(openWriter(path, 'normal'));
  const run = '0123456789abcdef0123456789abcdef'; // as long as a real one: it is in three B-trees
  connection.exec(`INSERT INTO runs (run_uuid) VALUES ('${run}')`);
  const text = `INSERT OR IGNORE INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ${Array(100).fill('(?,?,?,?,?,?)').join()}`;
  const perSecond = await whileCounting(seconds, [
    async (n) => {
      connection.exec('BEGIN IMMEDIATE');
      for (let start = 0; start < points; start += 100) {
        const values = range(n)
          .slice(start, start + 100)
          .flatMap((step) => ['loss', Math.sqrt(step), step, run, step, 0]);
        await connection.run({ text, values });
      }
      connection.exec('COMMIT');
    },
  ]);
  connection.close();
  return perSecond * points;
}

async function benchMlflow(path: string, seconds: number, ours: { batched: number; single: number }): Promise<void> {
  const mlflow = await startMlflow(path);
  if (!mlflow) return report('  mlflow server', 'not installed');
  const api = (name: string, body: object) => post(`${mlflow.url}/api/2.0/mlflow/${name}`, body);
  try {
    const runs: string[] = [];
    for (let index = 0; index < 4; index++) {
      const created = JSON.parse(await api('runs/create', { experiment_id: '0', start_time: 1 })) as { run: { info: { run_id: string } } };
      runs.push(created.run.info.run_id);
    }
    const log = (run_id: string, n: number) =>
      api('runs/log-batch', { run_id, metrics: range(n).map((step) => ({ key: 'loss', value: Math.sqrt(step), step, timestamp: step })) });
    const batched =
      (await whileCounting(
        seconds,
        runs.map((run) => (n) => log(run, n)),
      )) * points;
    const single = await whileCounting(seconds, [
      (n) => api('runs/log-metric', { run_id: runs[0], key: 'single', value: n, step: n, timestamp: n }),
    ]);
    report(
      '  mlflow server log-batch, 4 clients: points/s',
      Math.round(batched).toLocaleString('en'),
      `ours ${ratio(ours.batched, batched)}`,
    );
    report('  mlflow server log-metric, 1 client: requests/s', single.toFixed(0), `ours ${ratio(ours.single, single)}`);
  } finally {
    await mlflow.stop();
  }
}
