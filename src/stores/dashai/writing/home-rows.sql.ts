import { refuse } from '../../../core/errors.js';
import { join, raw, sql, type Database, type SqlValue } from '../../engine/sql.js';

type Row = Readonly<Record<string, SqlValue>>;

/**
 * Puts a row into a table of DashAI, column by column: after a migration of DashAI new columns stand last.
 * @param newer columns that only some releases have; left out where they are not there
 * @returns number of the row
 * @throws UNSUPPORTED when the table has a column that must be given and is not known here
 */
export async function insertRow(db: Database, table: string, row: Row, newer: Row = {}): Promise<bigint> {
  const columns = await db.all(sql`/* dashai.columnsOf */ SELECT name, "notnull", dflt_value, pk FROM pragma_table_info(${table})`);
  const names = new Set(columns.map(([name]) => name as string));
  const values = { ...row, ...Object.fromEntries(Object.entries(newer).filter(([name]) => names.has(name))) };
  const unknown = columns.find(
    ([name, isRequired, byDefault, key]) => isRequired && byDefault === null && !key && !((name as string) in values),
  );
  if (unknown)
    throw refuse('UNSUPPORTED', `This release of DashAI has ${table}.${String(unknown[0])}, which is not known here; create it in DashAI.`);
  const rows = await db.all(sql`/* dashai.insertRow */
    INSERT INTO ${raw(table)} (${join(Object.keys(values).map(raw))}) VALUES (${join(Object.values(values).map((value) => sql`${value}`))})
    RETURNING id`);
  return rows[0]![0] as bigint;
}

/** The number a native id means; null for texts that are no number of a row. */
export const rowNumber = (id: string): bigint | null => (/^(0|[1-9]\d{0,17})$/.test(id) ? BigInt(id) : null);

/** Columns of a row by its number, or null without such a row. */
export async function findRow(db: Database, table: string, id: string, columns: readonly string[]): Promise<SqlValue[] | null> {
  const number = rowNumber(id);
  if (number === null) return null;
  const rows = await db.all(sql`/* dashai.findRow */ SELECT ${join(columns.map(raw))} FROM ${raw(table)} WHERE id = ${number}`);
  return rows[0] ?? null;
}

/** The number of the row with a name, or null. */
export async function findByName(db: Database, table: string, name: string): Promise<bigint | null> {
  const rows = await db.all(sql`/* dashai.findByName */ SELECT id FROM ${raw(table)} WHERE name = ${name}`);
  return (rows[0]?.[0] as bigint | undefined) ?? null;
}
