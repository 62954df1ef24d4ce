import { plainJson, readPythonJson } from '../../core/python-json.js';
import { isGiven } from '../conditions.js';
import { join, raw, sql, type Sql, type SqlValue } from '../engine/sql.js';
import { allOf, anyOf, complement, stringCondition, timeCondition } from '../mlflow/condition.sql.js';
import { pageBounds, pageOrder, plainTerm, termColumns, textTerm, type SortTerm } from '../mlflow/keyset.sql.js';
import type { MlflowDatabase } from '../mlflow/layout.js';
import { toPage, toPosition } from '../mlflow/runs/run.sql.js';
import type { Page, PageRequest } from '../page.js';
import type { DashaiLayout } from './dashai-layout.js';
import type { DashaiRecord, RowFilter, RowOrderField, RowQuery } from './dashai-store.js';
import { dashaiTables, type ColumnKind, type DashaiRow, type DashaiTable } from './tables.js';

/** A DashAI database as the reader thread has it. */
export interface DashaiDatabase extends MlflowDatabase {
  readonly layout: DashaiLayout;
}

type Columns = Readonly<Record<string, { readonly column: string; readonly kind: ColumnKind }>>;
const columnsOf = (table: DashaiTable): Columns => dashaiTables[table].columns;

/** A page of one table's rows. A table this release does not have is empty. */
export async function rowPage<Name extends DashaiTable>(
  database: DashaiDatabase,
  { query, request }: { query: RowQuery<Name>; request: PageRequest },
): Promise<Page<DashaiRecord<Name>>> {
  const { table } = query;
  if (!isThere(database, table)) return { rows: [], hasMore: false };
  const terms = query.orderBy.map(({ field, direction }) => sortTerm(database, table, field, direction));
  const rows = await database.db.all(sql`/* dashai.rowPage */
    SELECT * FROM (SELECT ${selected(database, table)}, ${termColumns(terms)} FROM ${nameOf(table)} x WHERE ${condition(database, table, query.filter)}) page
    WHERE ${pageBounds(database, terms, request)} ORDER BY ${pageOrder(database.dialect, terms, request.backward)} LIMIT ${request.limit + 1}`);
  return toPage(rows, request, (row) => {
    const record = toRecord(database, table, row);
    return { record, position: toPosition(row, 1 + Object.keys(columnsOf(table)).length, terms, record) };
  });
}

/** How many rows of a table match. */
export async function rowCount(database: DashaiDatabase, { table, filter }: { table: DashaiTable; filter: RowFilter }): Promise<number> {
  if (!isThere(database, table)) return 0;
  const rows = await database.db.all(
    sql`/* dashai.rowCount */ SELECT COUNT(*) FROM ${nameOf(table)} x WHERE ${condition(database, table, filter)}`,
  );
  return Number(rows[0]![0]);
}

/** Rows by their numbers, in no particular order. */
export async function rowsByIds<Name extends DashaiTable>(
  database: DashaiDatabase,
  { table, ids }: { table: Name; ids: readonly string[] },
): Promise<DashaiRecord<Name>[]> {
  if (!isThere(database, table)) return [];
  const rows = await database.db.all(sql`/* dashai.rowsByIds */
    SELECT ${selected(database, table)} FROM ${nameOf(table)} x WHERE x.id IN ${database.dialect.integers(integers(ids))}`);
  return rows.map((row) => toRecord(database, table, row));
}

/** Rows of each owner, by number, in the order of `owners`. */
export async function rowsOfOwners<Name extends DashaiTable>(
  database: DashaiDatabase,
  { table, property, owners, filter = {} }: { table: Name; property: string; owners: readonly string[]; filter?: RowFilter },
): Promise<DashaiRecord<Name>[][]> {
  const column = columnsOf(table)[property]!.column;
  if (!isThere(database, table) || !database.layout.home.has(dashaiTables[table].table, column)) return owners.map(() => []);
  const rows = await database.db.all(sql`/* dashai.rowsOfOwners */
    SELECT ${selected(database, table)} FROM ${nameOf(table)} x
    WHERE x.${raw(column)} IN ${database.dialect.integers(integers(owners))} AND ${condition(database, table, filter)} ORDER BY x.id`);
  const lists = new Map(owners.map((owner) => [owner, [] as DashaiRecord<Name>[]]));
  for (const row of rows) {
    const record = toRecord(database, table, row);
    lists.get((record.row as Readonly<Record<string, string>>)[property]!)?.push(record);
  }
  return owners.map((owner) => lists.get(owner)!);
}

// Other texts are the id of nothing; leading zeros would be a second name of the same row.
const integers = (ids: readonly string[]): bigint[] => ids.filter((id) => /^(0|[1-9]\d{0,17})$/.test(id)).map(BigInt);

const isThere = ({ layout }: DashaiDatabase, table: DashaiTable): boolean => layout.home.has(dashaiTables[table].table);
const nameOf = (table: DashaiTable): Sql => raw(dashaiTables[table].table);

/** The value of a property in SQL; NULL where this release has no such column. */
function valueOf({ layout }: DashaiDatabase, table: DashaiTable, property: string): Sql | null {
  const known = columnsOf(table)[property];
  if (!known || !layout.home.has(dashaiTables[table].table, known.column)) return null;
  const column = raw(`x.${known.column}`);
  return known.kind === 'time' ? layout.toMs(column) : column;
}

const selected = (database: DashaiDatabase, table: DashaiTable): Sql =>
  sql`CAST(x.id AS TEXT) AS id, ${join(
    Object.keys(columnsOf(table)).map((property) => sql`${valueOf(database, table, property) ?? raw('NULL')} AS "${raw(property)}"`),
  )}`;

const orderProperties: Readonly<Record<Exclude<RowOrderField, 'ID'>, string>> = {
  NAME: 'name',
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
};

function sortTerm(database: DashaiDatabase, table: DashaiTable, field: RowOrderField, direction: 'ASC' | 'DESC'): SortTerm {
  if (field === 'ID') return plainTerm(raw('x.id'), direction);
  const value = valueOf(database, table, orderProperties[field]) ?? raw('NULL');
  return field === 'NAME' ? textTerm(database.dialect, value, direction) : plainTerm(value, direction);
}

function condition(database: DashaiDatabase, table: DashaiTable, filter: RowFilter): Sql {
  const { dialect, source } = database;
  const inner = (one: RowFilter) => condition(database, table, one);
  const of = (property: string) => valueOf(database, table, property) ?? raw('NULL');
  return allOf([
    ...(filter.and ?? []).map(inner),
    ...(isGiven(filter.or) ? [anyOf(filter.or.map(inner))] : []),
    ...(isGiven(filter.not) ? [complement(inner(filter.not))] : []),
    ...(isGiven(filter.source) ? [stringCondition(dialect, sql`${source}`, filter.source)] : []),
    ...Object.entries(filter.text ?? {}).map(([property, wanted]) => stringCondition(dialect, dialect.text(of(property)), wanted)),
    ...Object.entries(filter.time ?? {}).map(([property, wanted]) => timeCondition(of(property), wanted)),
  ]);
}

function toRecord<Name extends DashaiTable>({ source }: DashaiDatabase, table: Name, [id, ...values]: SqlValue[]): DashaiRecord<Name> {
  const row = Object.fromEntries(
    Object.entries(columnsOf(table)).map(([property, { kind }], index) => [property, decode(kind, values[index]!)]),
  );
  return { source, nativeId: id as string, row: row as unknown as DashaiRow<Name> };
}

function decode(kind: ColumnKind, value: SqlValue): unknown {
  if (value === null) return null;
  switch (kind) {
    case 'id':
    case 'text':
      return String(value);
    case 'integer':
      return typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)));
    case 'number':
    case 'time':
      return Number(value);
    case 'flag':
      return Boolean(Number(value));
    case 'json':
      return fromJson(String(value));
  }
}

/** JSON as Python writes it; a text that is JSON again was encoded twice. What cannot be read is answered as the text it is. */
function fromJson(text: string): unknown {
  const read = readPythonJson(text);
  if (!read) return text;
  const value = plainJson(read.value);
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  const inner = readPythonJson(value);
  return inner ? plainJson(inner.value) : value;
}
