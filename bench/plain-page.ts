import type { Database, Statement } from '../src/stores/engine/sql.js';
import { sqliteDialect } from '../src/stores/engine/sqlite/dialect.js';
import { readLayout } from '../src/stores/mlflow/layout.js';
import { runParts } from '../src/stores/mlflow/runs/run-parts.sql.js';
import { runPage } from '../src/stores/mlflow/runs/run.sql.js';
import type { RunQuery } from '../src/stores/run-store.js';

const query: RunQuery = {
  filter: { and: [{ metric: { key: 'metric_3', aggregate: 'MAX', value: { gt: 0.5 } } }], lifecycleStage: 'ACTIVE' },
  orderBy: [
    { by: 'metric', key: 'metric_3', aggregate: 'MAX', direction: 'DESC' },
    { by: 'field', field: 'STARTED_AT', direction: 'DESC' },
  ],
};

/** The page of the benchmark by the statements the server uses, and nothing else. */
export async function readPlainPage(db: Database, onStatement: (text: string) => void = () => {}): Promise<unknown> {
  const watched: Database = {
    all: (statement) => {
      onStatement(statement.text);
      return db.all(statement);
    },
    run: db.run.bind(db),
  };
  const layout = await readLayout(db, sqliteDialect);
  const database = { db: watched, dialect: sqliteDialect, layout, source: 'local' };
  const page = await runPage(database, { query, request: { limit: 100, backward: false, after: null, before: null } });
  const ids = page.rows.map(({ record }) => record.nativeId);
  const parts = await runParts(database, { ids, selection: { params: 'all', tags: 'all', metrics: 'all' } });
  return page.rows.map(({ record }, index) => ({ ...record, ...parts[index] }));
}

/** The statement that chooses the page. */
export async function pageQuestion(db: Database): Promise<{ statement: Statement }> {
  let first: Statement | undefined;
  const watched: Database = {
    all: (statement) => {
      if (statement.text.includes('mlflow.runPage')) first = statement;
      return db.all(statement);
    },
    run: db.run.bind(db),
  };
  await readPlainPage(watched);
  return { statement: first! };
}
