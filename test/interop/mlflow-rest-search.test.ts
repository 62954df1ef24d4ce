import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import { createCursorCodec } from '../../src/core/cursor.js';
import { serveMlflowRest } from '../../src/mlflow-rest/handler.js';
import { createTrackingRoutes } from '../../src/mlflow-rest/tracking-routes.js';
import { openStores, type Stores } from '../../src/stores/open-stores.js';
import { copyFixtures, readExpected, removeFixtures, type ExpectedRunSearch, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { hasMlflow } from './mlflow-client.js';
import { MlflowRefusal, openRestClient, type RestClient, type RestRun, type RestRuns } from './mlflow-rest-client.js';

const present = hasMlflow();
const name = '3.17.2';
const { runs, experiments, search_runs: searches, search_experiments: experimentSearches, metric_history: histories } = readExpected(name);

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The same routes the server has for `local`, over a database that MLflow's server made. */
describe.skipIf(!present)('MLflow’s client at a database of MLflow’s own, over our REST API', { timeout: 120_000 }, () => {
  let [fixture]: MlflowFixture[] = [];
  let folder: string;
  let stores: Stores;
  let app: FastifyInstance;
  let mlflow: RestClient;
  beforeAll(async () => {
    [fixture] = copyFixtures([name]);
    folder = mkdtempSync(join(tmpdir(), 'rungraph-rest-'));
    stores = await openStores({
      dataFolder: folder,
      durability: 'normal',
      database: null,
      attachments: [{ kind: 'mlflow', name, location: { engine: 'sqlite', path: fixture!.path, foreign: true } }],
      storeTimeoutMs: 5_000,
      readerThreads: 1,
      pollIntervalMs: 1_000,
      clock: systemClock,
      log: quiet,
    });
    app = Fastify();
    const cursors = createCursorCodec(stores.cursorSecret);
    serveMlflowRest(app, createTrackingRoutes({ source: stores.sources.get(name), cursors }), { maxBodyBytes: 1_000_000 });
    await app.listen({ port: 0, host: '127.0.0.1' });
    mlflow = await openRestClient(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
  }, 120_000);
  afterAll(async () => {
    await mlflow?.close();
    await app?.close();
    await stores?.close();
    rmSync(folder, { recursive: true, force: true });
    removeFixtures([fixture!]);
  });

  const idOf = new Map(experiments.map((experiment) => [experiment.name, experiment.id]));
  const title = ({ filter, order_by, view, experiments: of }: ExpectedRunSearch) =>
    `${filter || 'all runs'} of ${of.length} experiments by ${order_by.join(', ') || 'default'} in ${view}`;

  const search = ({ experiments: of, filter, view, page_size, order_by }: ExpectedRunSearch) =>
    mlflow.ask<RestRuns>(
      'runs',
      of.map((one) => idOf.get(one)),
      filter,
      view,
      page_size ?? 1_000,
      order_by,
    );

  it.each(searches.filter(({ error }) => !error).map((one) => ({ title: title(one), one })))('finds $title', async ({ one }) => {
    const found = await search(one);
    expect(found.ids).toEqual(one.run_ids);
    if (one.page_sizes) expect(found.sizes).toEqual(one.page_sizes);
  });

  it.each(searches.filter(({ error }) => error).map((one) => ({ title: title(one), one })))('is refused $title', async ({ one }) => {
    const refusal = await search(one).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(MlflowRefusal);
    expect((refusal as MlflowRefusal).code).toBe(one.error!.code);
    expect(wordsOf((refusal as MlflowRefusal).message)).toBe(wordsOf(one.error!.message));
  });

  it.each(experimentSearches)('searches experiments: $filter by $order_by in $view', async ({ filter, view, order_by, names, error }) => {
    const asked = mlflow.ask<{ name: string }[]>('experiments', filter, view, order_by);
    if (error) await expect(asked).rejects.toMatchObject({ code: error.code, message: `INVALID_PARAMETER_VALUE: ${error.message}` });
    else expect((await asked).map((experiment) => experiment.name)).toEqual(names);
  });

  it('reads every run as MLflow’s own server gave it', async () => {
    for (const [id, { experiment, ...expected }] of Object.entries(runs)) {
      const { id: _id, metrics, ...run } = await mlflow.ask<RestRun>('run', id);
      const steps = Object.entries(metrics).map(([key, metric]) => [key, { ...metric, step: Number(metric.step) }]);
      const same = Object.entries(expected.metrics).map(([key, metric]) => [key, { ...metric, step: Number(metric.step) }]);
      expect({ ...run, metrics: Object.fromEntries(steps) }).toEqual({
        ...expected,
        metrics: Object.fromEntries(same),
        experiment_id: idOf.get(experiment),
      });
    }
  });

  it.each(histories)('reads the history of $key of $run', async ({ run_id, key, points, count, first, last }) => {
    const found = await mlflow.ask<[string, number, number | string][]>('history', run_id, key);
    const plain = (list: typeof points) => list?.map(([step, timestamp, value]) => [String(step), timestamp, value]);
    if (points) expect(found).toEqual(plain(points));
    else {
      expect(found.length).toBe(count);
      expect(found.slice(0, first!.length)).toEqual(plain(first));
      expect(found.slice(-last!.length)).toEqual(plain(last));
    }
  });

  it('writes nothing into a source that is attached read-only', async () => {
    await expect(mlflow.ask('create', 'no')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

/** A message without the order Python's sets happen to have, and without the code the client puts before it. */
const wordsOf = (message: string): string =>
  message.replace(/^[A-Z_]+: /, '').replace(/\{[^}]*\}/, (set) => set.slice(1, -1).split(', ').sort().join(', '));
