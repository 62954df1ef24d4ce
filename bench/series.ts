import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { medianMs, post } from './load.js';
import { startMlflow, startRunGraph } from './processes.js';
import { ratio, report } from './report.js';

/** One metric of 100,000 points exactly, and one of 1,000,000 points thinned out to 1,000 with every extreme kept. */
export async function benchSeries(dataFolder: string, runs: { readonly exact: string; readonly long: string }): Promise<void> {
  const server = await startRunGraph(dataFolder);
  const ask = (run: string, options: string) =>
    post(server.url, { query: `{ run(by: { nativeId: "${run}" }) { series(${options}) { steps timestamps values totalPoints } } }` });
  let exact: number;
  try {
    exact = await medianMs(7, () => ask(runs.exact, 'sampling: NONE'));
    report('history of 100,000 points, exact: ms', exact.toFixed(0), 'bar: 100');
    report(
      '1,000,000 points to 1,000, extremes kept: ms',
      (await medianMs(7, () => ask(runs.long, 'maxPoints: 1000'))).toFixed(0),
      'bar: 60',
    );
  } finally {
    await server.stop();
  }
  const copy = join(dataFolder, 'for-mlflow.db');
  copyFileSync(join(dataFolder, 'mlflow.db'), copy);
  const mlflow = await startMlflow(copy);
  if (!mlflow) return report('  mlflow server get-history', 'not installed');
  try {
    const theirs = await medianMs(1, () => mlflowHistory(mlflow.url, runs.exact));
    report('  mlflow server get-history of 100,000 points: ms', theirs.toFixed(0), `ours ${ratio(theirs, exact)} as fast`);
  } finally {
    await mlflow.stop();
  }
}

async function mlflowHistory(url: string, run: string): Promise<void> {
  for (let token: string | undefined = ''; token !== undefined;) {
    const query = new URLSearchParams({ run_id: run, metric_key: 'curve', max_results: '25000', ...(token && { page_token: token }) });
    const response = await fetch(`${url}/api/2.0/mlflow/metrics/get-history?${query.toString()}`);
    token = ((await response.json()) as { next_page_token?: string }).next_page_token;
  }
}
