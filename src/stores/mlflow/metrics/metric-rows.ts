import { emptyColumns, type KeyedColumns } from '../../../core/metric-columns.js';
import { fromStoredValue } from '../../../core/metric-value.js';
import type { SqlValue } from '../../engine/sql.js';

/** Puts rows into groups by one of their columns, in the order of their first rows. */
export function groupRows<Name extends SqlValue = string>(rows: readonly SqlValue[][], column: number): Map<Name, SqlValue[][]> {
  const groups = new Map<Name, SqlValue[][]>();
  for (const row of rows) {
    const name = row[column] as Name;
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name)!.push(row);
  }
  return groups;
}

/** Rows of MLflow's `metrics` as series; from column `keyAt` on they hold (key, step, timestamp, value, is_nan). */
export const seriesOfRows = (rows: readonly SqlValue[][], keyAt: number): KeyedColumns[] =>
  [...groupRows(rows, keyAt)].map(([key, ofKey]) => {
    const columns = emptyColumns(ofKey.length);
    ofKey.forEach((row, index) => {
      columns.steps[index] = row[keyAt + 1] as bigint;
      columns.timestamps[index] = row[keyAt + 2] as bigint;
      columns.values[index] = fromStoredValue(Number(row[keyAt + 3]), Boolean(row[keyAt + 4]));
    });
    return { key, ...columns };
  });
