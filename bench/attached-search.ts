import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { systemClock } from '../src/core/clock.js';
import { openStores, type Stores } from '../src/stores/open-stores.js';
import type { PartSelection, RunFilter, RunOrder, RunStore } from '../src/stores/run-store.js';
import { medianMs } from './load.js';
import { report } from './report.js';
import { seededRandom } from './seed.js';

const start = Date.UTC(2026, 0, 1);
const tables = new URL('../test/fixtures/mlflow/ddl/4465047574b1.sqlite.sql', import.meta.url);

/** An MLflow file with `runs` runs, each with 20 params, 5 tags and 20 metrics of `points` points, as MLflow 2.15 writes them. */
export function seedAttached(path: string, runs: number, points: number): void {
  const random = seededRandom(1);
  const db = new Libsql(path);
  db.exec(`PRAGMA synchronous = OFF; ${readFileSync(tables, 'utf8')}; BEGIN;
    INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) VALUES (1, 'e', '/e', 'active', 0, 0)`);
  const insertRun =
    db.prepare(`INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, experiment_id)
    VALUES (?, ?, 'UNKNOWN', 'ann', 'FINISHED', ?, ?, 'active', '', 1)`);
  const insertText = (table: string) => db.prepare(`INSERT INTO ${table} (key, value, run_uuid) VALUES (?, ?, ?)`);
  const [insertParam, insertTag] = [insertText('params'), insertText('tags')];
  const insertPoint = (table: string) =>
    db.prepare(`INSERT INTO ${table} (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)`);
  const [insertMetric, insertLatest] = [insertPoint('metrics'), insertPoint('latest_metrics')];
  for (let run = 0; run < runs; run++) {
    const id = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
    const startedAt = start + run * 60_000;
    insertRun.run(id, `run ${run}`, startedAt, startedAt + 50_000);
    for (let param = 0; param < 20; param++) insertParam.run(`param_${param}`, String(Math.floor(random() * 1000) / 1000), id);
    for (let tag = 0; tag < 5; tag++) insertTag.run(`tag_${tag}`, `value ${run % (tag + 2)}`, id);
    for (let step = 0; step < points; step++) {
      for (let metric = 0; metric < 20; metric++) {
        const point = [`metric_${metric}`, random(), startedAt + step * 400, id, step];
        insertMetric.run(point);
        if (step === points - 1) insertLatest.run(point);
      }
    }
  }
  db.exec('COMMIT');
  db.close();
}

const byBest: { filter: RunFilter; orderBy: RunOrder[] } = {
  filter: { metric: { key: 'metric_3', aggregate: 'MAX', value: { gt: 0.5 } } },
  orderBy: [{ by: 'metric', key: 'metric_3', aggregate: 'MAX', direction: 'DESC' }],
};
const byLast: typeof byBest = { filter: {}, orderBy: [{ by: 'metric', key: 'metric_3', aggregate: 'LAST', direction: 'DESC' }] };
const byTexts: typeof byBest = {
  filter: { param: { key: 'param_3', number: { lt: 0.5 } }, tag: { key: 'tag_1', string: { eq: 'value 1' } } },
  orderBy: [{ by: 'field', field: 'STARTED_AT', direction: 'DESC' }],
};
const request = { limit: 100, backward: false, after: null, before: null };
const extremes: PartSelection = { metrics: 'all', extremes: true };

/** Searches in an attached file without any index on what is searched; first what is not known yet, then what is. */
export async function benchAttachedSearch(
  folder: string,
  { runs, points }: { runs: number; points: number },
  file?: string,
): Promise<void> {
  const path = file ?? join(folder, 'attached.db');
  if (!file) seedAttached(path, runs, points);
  const what = `attached file, ${runs} runs x 20 metrics x ${points} points`;
  const stores = await open(join(folder, 'with-attached'), path);
  const store = stores.sources.get('attached').runs;
  try {
    report(`${what}: page by best, ms: the first time`, await once(() => store.page(byBest, request)));
    report('  again (median of 5)', await median(() => store.page(byBest, request)));
    addPoint(path);
    report('  after one new point', await once(() => store.page(byBest, request)));
    report('  extremes of all metrics of that page: the first time', await once(() => parts(store)));
    report('  again (median of 5)', await median(() => parts(store)));
    report('  groups by a tag with the best of a metric (median of 5)', await median(() => store.groups(groups)));
    report('  page by the latest value (median of 5)', await median(() => store.page(byLast, request)));
    report('  page by time, filtered by param and tag (median of 5)', await median(() => store.page(byTexts, request)));
    report('  count of the same filter (median of 5)', await median(() => store.count(byTexts.filter)));
  } finally {
    await stores.close();
  }
}

const groups = {
  filter: {},
  by: [{ by: 'tag' as const, key: 'tag_3' }],
  metrics: [{ key: 'metric_3', aggregate: 'MAX' as const }],
  best: null,
  bestDirection: 'DESC' as const,
};

async function parts(store: RunStore): Promise<void> {
  const { rows } = await store.page(byLast, request);
  await store.parts(
    rows.map(({ record }) => record.nativeId),
    extremes,
  );
}

function open(dataFolder: string, path: string): Promise<Stores> {
  const location = { engine: 'sqlite', path, foreign: true } as const;
  return openStores({
    dataFolder,
    database: null,
    durability: 'normal',
    attachments: [{ kind: 'mlflow', name: 'attached', location }],
    storeTimeoutMs: 10_000,
    readerThreads: 2,
    pollIntervalMs: 1_000,
    clock: systemClock,
    log: { debug() {}, info() {}, warn: console.warn, error: console.error },
  });
}

function addPoint(path: string): void {
  const db = new Libsql(path);
  db.exec(
    `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) SELECT 'metric_3', 2, ${Date.now()}, run_uuid, 0, 0 FROM runs LIMIT 1`,
  );
  db.close();
}

async function once(call: () => Promise<unknown>): Promise<string> {
  const began = performance.now();
  await call();
  return (performance.now() - began).toFixed(0);
}

const median = async (call: () => Promise<unknown>): Promise<string> => (await medianMs(5, call)).toFixed(1);
