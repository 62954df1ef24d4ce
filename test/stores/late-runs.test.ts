import { expect, it } from 'vitest';
import { sql } from '../../src/stores/engine/sql.js';
import { runPage } from '../../src/stores/mlflow/runs/run.sql.js';
import type { SortPosition } from '../../src/stores/page.js';
import { bareRun, insertRuns, openTestDatabase } from '../kit/mlflow-database.js';

it('runs whose times differ only beyond 2^53, nanoseconds logged as milliseconds, come once each page by page', async () => {
  const database = await openTestDatabase('foreign', 'prod');
  const ids = ['a', 'b', 'c'];
  await insertRuns(database, ids.map(bareRun));
  for (const [index, id] of ids.entries()) {
    await database.db.run(sql`UPDATE runs SET start_time = ${1_700_000_000_000_000_001n + BigInt(index)} WHERE run_uuid = ${id}`);
  }
  const seen: string[] = [];
  let after: SortPosition | null = null;
  for (let page = 0; page < 4; page++) {
    const query = { filter: {}, orderBy: [{ by: 'field', field: 'STARTED_AT', direction: 'DESC' }] as const };
    const { rows } = await runPage(database, { query, request: { limit: 1, backward: false, after, before: null } });
    seen.push(...rows.map(({ record }) => record.nativeId));
    after = rows[0]?.position ?? after;
  }
  expect(seen).toEqual(['c', 'b', 'a']);
  database.close();
});
