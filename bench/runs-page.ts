import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteConnection } from '../src/stores/engine/sqlite/connection.js';
import { openReader } from '../src/stores/engine/sqlite/open.js';
import { load, medianMs, post } from './load.js';
import { pageQuestion, readPlainPage } from './plain-page.js';
import { startMlflow, startPlainServer, startRunGraph } from './processes.js';
import { ratio, report } from './report.js';

const document = `query($filter: RunFilter, $orderBy: [RunOrder!]) { runs(first: 100, filter: $filter, orderBy: $orderBy) {
  nodes { id name status startedAt params { key value } metrics { key value step } tags { key value } } pageInfo { hasNextPage endCursor } } }`;
const variables = {
  filter: { metric: { key: 'metric_3', aggregate: 'MAX', value: { gt: 0.5 } } },
  orderBy: [{ metric: { key: 'metric_3', aggregate: 'MAX' } }],
};

/** A page of 100 of 10,000 runs with 20 params and 20 metrics each, filtered and ordered by the best value of a metric. */
export async function benchRunsPage(dataFolder: string, seconds: number): Promise<void> {
  await printPlan(join(dataFolder, 'mlflow.db'));
  const copy = join(dataFolder, 'for-mlflow.db');
  copyFileSync(join(dataFolder, 'mlflow.db'), copy); // MLflow migrates what it opens
  const ours = await measure(startRunGraph(dataFolder), (url) => load(url, { query: document, variables }, { connections: 8, seconds }));
  const plain = await measure(startPlainServer(dataFolder), (url) => load(url, {}, { connections: 8, seconds }));
  report('runs page, 8 connections: requests/s (p50 / p99 ms)', `${ours.requestsPerSecond.toFixed(1)} (${ours.p50Ms} / ${ours.p99Ms})`);
  report(
    '  plain HTTP, same SQL, JSON.stringify',
    `${plain.requestsPerSecond.toFixed(1)} (${plain.p50Ms} / ${plain.p99Ms})`,
    `ours ${ratio(ours.requestsPerSecond, plain.requestsPerSecond)}`,
  );
  const mlflow = await startMlflow(copy);
  if (!mlflow) return report('  mlflow server runs/search', 'not installed');
  const body = { experiment_ids: ['0'], filter: 'metrics.metric_3 > 0.5', order_by: ['metrics.metric_3 DESC'], max_results: 100 };
  try {
    const theirs = 1000 / (await medianMs(3, () => post(`${mlflow.url}/api/2.0/mlflow/runs/search`, body)));
    report('  mlflow server runs/search, 1 connection: requests/s', theirs.toFixed(2), `ours ${ratio(ours.requestsPerSecond, theirs)}`);
  } finally {
    await mlflow.stop();
  }
}

async function measure<T>(starting: Promise<{ url: string; stop(): Promise<void> }>, work: (url: string) => Promise<T>): Promise<T> {
  const peer = await starting;
  try {
    return await work(peer.url);
  } finally {
    await peer.stop();
  }
}

async function printPlan(path: string): Promise<void> {
  const connection = new SqliteConnection(openReader(path));
  const statements: string[] = [];
  await readPlainPage(connection, (text) => statements.push(text));
  report('runs page: statements', String(statements.length), 'bar: at most 6');
  const { statement } = await pageQuestion(connection);
  const rows = await connection.all({ text: `EXPLAIN QUERY PLAN ${statement.text}`, values: statement.values });
  console.log(rows.map((row) => `    ${String(row[3])}`).join('\n'));
  connection.close();
}
