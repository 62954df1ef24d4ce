import { describe, expect, it } from 'vitest';

import pg from 'pg';
import { readMigrations } from '../../src/stores/engine/migrations.js';
import { postgresDatabase } from '../../src/stores/engine/postgres/connection.js';
import { migratePostgres } from '../../src/stores/engine/postgres/migrate.js';
import { insertMetricArrays } from '../../src/stores/mlflow/metrics/metric-arrays.sql.js';
import { postgresIsThere, temporaryDatabase } from '../kit/postgres.js';

const series = (key: string, steps: bigint[], values = steps.map(Number)) => ({
  key,
  values: Float64Array.from(values),
  steps: BigInt64Array.from(steps),
  timestamps: BigInt64Array.from(steps, () => 2n ** 53n + 1n),
});

describe.skipIf(!(await postgresIsThere()))('inserting the points of several metrics into PostgreSQL', () => {
  it('takes one statement, and tells for each metric which of its points were new', async () => {
    await using database = await temporaryDatabase();
    await migratePostgres(database.url, readMigrations('mlflow', 'postgresql'), 'test');
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      await client.query(`INSERT INTO runs (run_uuid) VALUES ('run')`);
      await client.query('BEGIN');
      const plain = postgresDatabase(client);
      let statements = 0;
      const db = { ...plain, run: (statement: Parameters<typeof plain.run>[0]) => (statements++, plain.run(statement)) };
      const keys = ['loss', `"\\{it's},`, '損失 🍷'];
      const insert = (...all: ReturnType<typeof series>[]) => insertMetricArrays(db, 'run', all);
      expect(await insert(...keys.map((key) => series(key, [1n, 2n])), series('empty', []))).toEqual([null, null, null, null]);
      expect(statements).toBe(3); // with the savepoint and its end
      expect(
        await insert(
          series('loss', [1n, 3n, 3n]),
          series('new', [5n], [NaN]),
          series('empty', []),
          series('loss', [3n, 4n]),
          series(keys[1]!, [2n]),
        ),
      ).toEqual([Uint32Array.of(1), null, null, Uint32Array.of(1), Uint32Array.of()]);
      const { rows } = await client.query<{ key: string; steps: string[] }>(
        'SELECT key, array_agg(step::text ORDER BY step) AS steps FROM metrics GROUP BY key ORDER BY key COLLATE "C"',
      );
      expect(rows).toEqual([
        { key: keys[1], steps: ['1', '2'] },
        { key: 'loss', steps: ['1', '2', '3', '4'] },
        { key: 'new', steps: ['5'] },
        { key: keys[2], steps: ['1', '2'] },
      ]);
    } finally {
      await client.end();
    }
  });
});
