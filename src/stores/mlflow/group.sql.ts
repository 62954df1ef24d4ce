import { join, sql, type Sql, type SqlValue } from '../engine/sql.js';
import type { GroupQuery, GroupTerm, MetricTerm, RunGroupRecord } from '../run-store.js';
import { addGroup, type GroupTotals } from '../run-groups.js';
import { allOf } from './condition.sql.js';
import type { MlflowDatabase } from './layout.js';
import { runCondition, type FilterContext } from './run-filter.sql.js';
import { runColumns as c } from './run-relation.sql.js';
import { filterContext, workspaceCondition } from './run.sql.js';

/** One record per group of runs, in no particular order. One statement; of each run only its groups and metrics are read. */
export async function runGroups(database: MlflowDatabase, query: GroupQuery): Promise<RunGroupRecord[]> {
  const context = await filterContext(database, { filter: query.filter, orderBy: [] });
  const condition = allOf([workspaceCondition(database), runCondition(query.filter, context)]);
  const metrics = query.best ? [...query.metrics, query.best] : query.metrics;
  const selected = [c.id, ...query.by.map((term) => groupColumn(term, context)), ...metrics.map((term) => metricColumn(term, context))];
  const rows = await database.db.all(sql`/* mlflow.runGroups */ SELECT ${join(selected)} ${context.relation.from()} WHERE ${condition}`);
  const totals: GroupTotals = new Map();
  for (const row of rows) addRow(totals, row, query, database.source);
  return [...totals.values()];
}

function groupColumn(term: GroupTerm, { database, relation }: FilterContext): Sql {
  if (term.by !== 'field') return relation.text(term.by === 'param' ? 'params' : 'tags', term.key).value;
  const fields = { EXPERIMENT: c.experimentName, STATUS: c.status, USER: c.user, SOURCE: sql`${database.source}` };
  return fields[term.field];
}

const metricColumn = ({ key, aggregate }: MetricTerm, { relation }: FilterContext): Sql => relation.metric(key, aggregate).value;

function addRow(totals: GroupTotals, row: SqlValue[], query: GroupQuery, source: string): void {
  const [nativeId, ...columns] = row;
  const key = columns.slice(0, query.by.length) as (string | null)[];
  const values = columns.slice(query.by.length).map((value) => (value === null ? null : Number(value)));
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
