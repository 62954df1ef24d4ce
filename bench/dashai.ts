import { join } from 'node:path';
import Libsql from 'libsql';
import { systemClock } from '../src/core/clock.js';
import { readMigrations } from '../src/stores/engine/migrations.js';
import { migrateSqlite } from '../src/stores/engine/sqlite/migrate.js';
import { openStores } from '../src/stores/open-stores.js';
import type { Aggregate, RunFilter, RunOrder } from '../src/stores/run-store.js';
import { medianMs } from './load.js';
import { ratio, report } from './report.js';
import { seededRandom } from './seed.js';

const runs = 10_000;
/** Runs that were trained epoch by epoch, and their epochs. */
const neural = 100;
const epochs = 200;
const time = '2026-01-01 00:00:00.000000';
const names = ['Accuracy', 'F1', 'Precision'];

/** A home of 10,000 runs of 20 parameters and nine last values, a hundred of them with 200 epochs: 210,000 metric rows. */
function seedHome(path: string): void {
  migrateSqlite(path, readMigrations('dashai', 'sqlite'));
  const random = seededRandom(1);
  const db = new Libsql(path);
  db.exec(`BEGIN;
    INSERT INTO dataset (id, name, created, last_modified, file_path, status) VALUES (1, 'd', '${time}', '${time}', '', 'FINISHED');
    INSERT INTO model_session (id, dataset_id, name, task_name, input_columns, output_columns, splits, created, last_modified)
      VALUES (1, 1, 's', 'T', '[]', '[]', '"{}"', '${time}', '${time}')`);
  const insertRun =
    db.prepare(`INSERT INTO run (id, model_session_id, name, model_name, parameters, optimizer_name, optimizer_parameters, goal_metric, status, created, last_modified, start_time, end_time)
    VALUES (?, 1, ?, 'M', ?, '', '{}', '', 'FINISHED', '${time}', '${time}', '${time}', '${time}')`);
  const insertMetric = db.prepare(
    `INSERT INTO metric (run_id, split, level, name, value, step, timestamp) VALUES (?, ?, ?, ?, ?, ?, '${time}')`,
  );
  for (let run = 1; run <= runs; run++) {
    const parameters = Array.from({ length: 20 }, (_, index) => [`p${index}`, { optimize: false, fixed_value: random(), lower_bound: 0 }]);
    insertRun.run(run, `run ${run}`, JSON.stringify(Object.fromEntries(parameters)));
    for (const split of ['TRAIN', 'VALIDATION', 'TEST']) for (const name of names) insertMetric.run(run, split, 'LAST', name, random(), 1);
    for (let step = 1; run <= neural && step <= epochs; step++)
      for (const split of ['TRAIN', 'VALIDATION']) for (const name of names) insertMetric.run(run, split, 'EPOCH', name, random(), step);
  }
  db.exec('COMMIT');
  db.close();
}

const request = { limit: 100, backward: false, after: null, before: null };
const by = (aggregate: Aggregate): { filter: RunFilter; orderBy: RunOrder[] } => ({
  filter: { metric: { key: 'validation/Accuracy', aggregate, value: { gt: 0.5 } } },
  orderBy: [{ by: 'metric', key: 'validation/Accuracy', aggregate, direction: 'DESC' }],
});

/** The same page as DashAI's tables give it to SQL that is written for this question alone, JSON taken apart in JavaScript. */
function rawPage(db: Libsql.Database): unknown {
  const page = db
    .prepare(
      `SELECT r.id, r.name, r.parameters FROM metric m JOIN run r ON r.id = m.run_id
        WHERE m.split = 'VALIDATION' AND m.name = 'Accuracy' AND m.level = 'LAST' AND m.value > 0.5 ORDER BY m.value DESC LIMIT 100`,
    )
    .all() as { id: number; parameters: string }[];
  const metrics = db.prepare(`SELECT split, name, value FROM metric WHERE run_id = ? AND level = 'LAST'`);
  return page.map(({ id, parameters }): unknown[] => [JSON.parse(parameters), metrics.all(id)]);
}

/** Pages and series of an attached DashAI home, beside the driver alone. */
export async function benchDashai(folder: string): Promise<void> {
  const path = join(folder, 'home.sqlite');
  seedHome(path);
  const stores = await openStores({
    ...{ dataFolder: join(folder, 'with-home'), database: null, durability: 'normal' as const, clock: systemClock },
    attachments: [
      { kind: 'dashai', name: 'home', location: { engine: 'sqlite', path, foreign: true, tables: { of: 'dashai', timeZone: 'UTC' } } },
    ],
    ...{ storeTimeoutMs: 10_000, readerThreads: 2, pollIntervalMs: 1_000, maxArtifactBytes: 1, s3: { endpoint: null, region: 'r' } },
    log: { info() {}, warn() {}, error() {}, debug() {} },
  });
  const home = stores.sources.get('home').runs;
  const page = async (aggregate: Aggregate) => {
    const { rows } = await home.page(by(aggregate), request);
    await home.parts(
      rows.map(({ record }) => record.nativeId),
      { params: 'all', metrics: 'all' },
    );
  };
  const raw = new Libsql(path, { readonly: true });
  try {
    const began = performance.now();
    await page('LAST');
    report('DashAI home, 10,000 runs, 210,000 metric rows: page of 100, ms: the first time', (performance.now() - began).toFixed(0));
    const [ours, theirs] = [await medianMs(5, () => page('LAST')), await medianMs(5, () => Promise.resolve(rawPage(raw)))];
    report(
      '  again, with params and metrics',
      ours.toFixed(1),
      `${ratio(ours, theirs)} the time of SQL for it alone (${theirs.toFixed(1)})`,
    );
    report('  by the best value', (await medianMs(5, () => page('MAX'))).toFixed(1));
    const series = { runId: '1', keys: 'all', sampling: 'NONE', maxPoints: 0 } as const;
    report('  all series of a run of 1,209 values', (await medianMs(5, () => home.series(series))).toFixed(1));
    const write = new Libsql(path);
    write.exec(`UPDATE run SET name = 'renamed', last_modified = '${time}' WHERE id = 7`);
    write.close();
    const changed = performance.now();
    await page('LAST');
    report('  the first page after a run changed', (performance.now() - changed).toFixed(0));
  } finally {
    raw.close();
    await stores.close();
  }
}
