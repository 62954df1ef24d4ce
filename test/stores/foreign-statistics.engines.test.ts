import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { systemClock } from '../../src/core/clock.js';
import { openStores, type Stores } from '../../src/stores/open-stores.js';
import { runPage } from '../../src/stores/mlflow/runs/run.sql.js';
import { runParts } from '../../src/stores/mlflow/runs/run-parts.sql.js';
import type { RunQuery } from '../../src/stores/run-store.js';
import { addPoints, removeRun } from '../kit/foreign-statistics.js';
import { bareRun, insertRuns, openTestDatabase, type TestDatabase } from '../kit/mlflow-database.js';
import { missing } from '../kit/optional.js';

const server = 'postgresql://postgres@127.0.0.1:5432';
const name = `rungraph_test_${randomBytes(6).toString('hex')}`;

const admin = await connect().catch(() => null);
if (!admin) missing(`no PostgreSQL server at ${server}`);

async function connect() {
  const client = new pg.Client({ connectionString: `${server}/postgres`, connectionTimeoutMillis: 2_000 });
  await client.connect();
  return client;
}

beforeAll(() => admin?.query(`CREATE DATABASE ${name}`));
afterAll(async () => {
  await admin?.query(`DROP DATABASE ${name}`);
  await admin?.end();
});

const request = { limit: 100, backward: false, after: null, before: null };
const byBest: RunQuery = {
  filter: { metric: { key: 'loss', aggregate: 'MIN', value: { lt: 100 } } },
  orderBy: [{ by: 'metric', key: 'loss', aggregate: 'MIN', direction: 'ASC' }],
};

describe.each([{ engine: 'SQLite', database: null }, ...(admin ? [{ engine: 'PostgreSQL', database: `${server}/${name}` }] : [])])(
  'statistics of an attached file, kept on $engine',
  ({ database }) => {
    let attached: TestDatabase;
    let dataFolder: string;
    beforeAll(async () => {
      dataFolder = mkdtempSync(join(tmpdir(), 'rungraph-statistics-'));
      attached = await openTestDatabase('foreign', 'attached');
    });
    afterAll(() => {
      attached.close();
      rmSync(dataFolder, { recursive: true, force: true });
    });

    const open = (): Promise<Stores> =>
      openStores({
        dataFolder,
        database,
        durability: 'normal',
        attachments: [{ kind: 'mlflow', name: 'attached', location: { engine: 'sqlite', path: attached.path, foreign: true } }],
        storeTimeoutMs: 10_000,
        readerThreads: 2,
        pollIntervalMs: 1_000,
        clock: systemClock,
        log: { debug() {}, info() {}, warn: (fields) => expect(fields).toBeUndefined(), error: (fields) => expect(fields).toBeUndefined() },
      });

    async function compare(stores: Stores): Promise<void> {
      const { runs } = stores.sources.get('attached');
      const page = await runs.page(byBest, request);
      expect(page).toEqual(await runPage(attached, { query: byBest, request }));
      const ids = page.rows.map(({ record }) => record.nativeId);
      const selection = { metrics: 'all', extremes: true } as const;
      expect(await runs.parts(ids, selection)).toEqual(await runParts(attached, { ids, selection }));
    }

    it('give the answers of the histories: at first, after new points, after a restart, and to many at once', async () => {
      const points = (values: readonly number[]) => values.map((value, index) => ({ step: BigInt(index), timestamp: 1n, value }));
      const values = [NaN, Infinity, -Infinity, 0.1, 1 / 3, -5e-324, 7];
      attached.db.exec('BEGIN');
      await insertRuns(
        attached,
        Array.from({ length: 30 }, (_, index) => ({
          ...bareRun(`run ${index}`),
          metrics: new Map([
            ['loss', points([values[index % 7]!, values[(index * 3) % 5]!, index])],
            ['Verlust 🍷', points([NaN])],
          ]),
        })),
      );
      attached.db.exec('COMMIT');
      let stores = await open();
      try {
        await Promise.all(Array.from({ length: 5 }, () => compare(stores)));
        await addPoints(attached, 'run 3', 'loss', points([-9]));
        await removeRun(attached, 'run 4');
        await compare(stores);
        const many = Array.from({ length: 6_000 }, (_, step) => ({ step: BigInt(step), timestamp: 2n, value: -step }));
        attached.db.exec('BEGIN');
        await addPoints(attached, 'run 5', 'loss', many); // more than is read beside a question
        attached.db.exec('COMMIT');
        await Promise.all(Array.from({ length: 5 }, () => compare(stores)));
        await stores.close();
        await addPoints(attached, 'run 6', 'loss', points([-1e300, NaN, 5]));
        stores = await open();
        await compare(stores);
      } finally {
        await stores.close();
      }
    }, 60_000);
  },
);
