import { fromStoredValue } from '../../../core/metric-value.js';
import { join, sql, type Sql, type SqlValue } from '../../engine/sql.js';
import type { GroupQuery, GroupTerm, RunGroupRecord } from '../../run-store.js';
import { addGroup, type GroupTotals } from '../../run-groups.js';
import { allOf } from '../condition.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { runCondition, type FilterContext } from './run-filter.sql.js';
import { numberAt } from './places.js';
import { runColumns } from './run-relation.sql.js';
import { filterContext, workspaceCondition } from './run.sql.js';

/** One record per group of runs, in no particular order. One statement; of each run only its groups and metrics are read. */
export async function runGroups(database: MlflowDatabase, query: GroupQuery): Promise<RunGroupRecord[]> {
  const context = await filterContext(database, { filter: query.filter, orderBy: [] });
  const condition = allOf([workspaceCondition(database), runCondition(query.filter, context)]);
  const metrics = query.best ? [...query.metrics, query.best] : query.metrics;
  const joined = metrics.map(({ key, aggregate }) => context.relation.metric(key, aggregate));
  const selected = [sql`r.run_uuid`, ...query.by.map((term) => groupColumn(term, context)), ...joined.map(({ value }) => value)];
  const rows = await database.db.all(sql`/* mlflow.runGroups */ SELECT ${join(selected)} ${context.relation.from()} WHERE ${condition}`);
  const totals: GroupTotals = new Map();
  const first = 1 + query.by.length;
  for (const row of rows) {
    joined.forEach(({ scale }, index) => {
      const place = row[first + index]!;
      if (scale && place !== null) row[first + index] = numberAt(scale, Number(place));
    });
    addRow(totals, row, query, database);
  }
  return [...totals.values()];
}

function groupColumn(term: GroupTerm, { database, relation }: FilterContext): Sql {
  if (term.by !== 'field') return relation.text(term.by === 'param' ? 'params' : 'tags', term.key).value;
  const c = runColumns(database.dialect);
  const fields = { EXPERIMENT: c.experimentName, STATUS: c.status, USER: c.user, SOURCE: sql`${database.source}` };
  return fields[term.field];
}

function addRow(totals: GroupTotals, row: SqlValue[], query: GroupQuery, { dialect, source }: MlflowDatabase): void {
  const exact = (value: number) => (dialect.hasInfinity ? value : fromStoredValue(value, false));
  const [nativeId, ...columns] = row;
  const key = columns.slice(0, query.by.length) as (string | null)[];
  const values = columns.slice(query.by.length).map((value) => (value === null ? null : exact(Number(value))));
  addGroup(totals, query, {
    key,
    count: 1,
    metrics: query.metrics.map((term, index) => ({
      key: term.key,
      count: values[index] === null ? 0 : 1,
      mean: values[index]!,
      min: values[index]!,
      max: values[index]!,
      squares: 0,
    })),
    best: query.best && values.at(-1) !== null ? { source, nativeId: nativeId as string, value: values.at(-1)! } : null,
  });
}
