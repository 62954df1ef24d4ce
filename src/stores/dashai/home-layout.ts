import { sql, type Database } from '../engine/sql.js';
import { IncompatibleDatabase } from '../mlflow/layout.js';

/** Columns of a DashAI database by table. Found by looking, never by a version: every release adds some. */
export interface HomeLayout {
  has(table: string, column?: string): boolean;
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
}

// What every release since 0.9 has, and nothing works without.
const required: Readonly<Record<string, readonly string[]>> = {
  dataset: ['id', 'name'],
  model_session: ['id', 'dataset_id', 'name', 'task_name', 'created'],
  run: ['id', 'model_session_id', 'name', 'model_name', 'parameters', 'status'],
  metric: ['id', 'run_id', 'split', 'level', 'name', 'value', 'step', 'timestamp'],
};

/** @throws IncompatibleDatabase when it is no DashAI database, or one from before 0.9 */
export async function readHomeLayout(db: Database): Promise<HomeLayout> {
  const rows = await db.all(
    sql`/* dashai.columns */ SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'`,
  );
  const columns = new Map<string, Set<string>>();
  for (const [table, column] of rows as [string, string][]) {
    if (!columns.has(table)) columns.set(table, new Set());
    columns.get(table)!.add(column);
  }
  const has = (table: string, column?: string) => columns.has(table) && (column === undefined || columns.get(table)!.has(column));
  if (has('experiment') && !has('model_session')) {
    throw new IncompatibleDatabase(
      'This database was written by a DashAI of 2025 or older, with experiments instead of model sessions. Start DashAI 0.9 or newer on it once.',
    );
  }
  for (const [table, names] of Object.entries(required)) {
    if (!has(table)) throw new IncompatibleDatabase(`This is not a DashAI database: it has no table ${table}.`);
    const missing = names.find((name) => !has(table, name));
    if (missing !== undefined)
      throw new IncompatibleDatabase(`This is not a DashAI database that is known here: it has no ${table}.${missing}.`);
  }
  return { has, columns };
}
