import type { Dialect } from '../../engine/dialect.js';
import { sql, type SqlValue } from '../../engine/sql.js';
import type { Page, PageRequest, SortPart, SortPosition } from '../../page.js';
import { sortRank } from '../../page.js';
import type { LifecycleStage, RunFilter, RunQuery, RunRecord, RunStatus } from '../../run-store.js';
import { allOf, always } from '../condition.sql.js';
import { pageBounds, pageOrder, termColumns, termNames, type SortTerm } from '../keyset.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { readNumericTexts } from './numeric-texts.js';
import { runCondition, type FilterContext } from './run-filter.sql.js';
import { runTerms } from './run-order.sql.js';
import { createRunRelation, runColumns, type RunRelation } from './run-relation.sql.js';

const columnsOf = (dialect: Dialect) => {
  const c = runColumns(dialect);
  return sql`${c.id}, ${c.name} AS name, ${dialect.text(c.experimentId)} AS experiment_id, ${c.status} AS status,
  ${c.lifecycleStage} AS lifecycle_stage, ${c.artifactLocation} AS artifact_location, ${c.startedAt} AS started_at, ${c.endedAt} AS ended_at, ${c.user} AS user_id`;
};
const columnCount = 9;

/** A page of runs in the order of `query.orderBy`, which must end in a total order up to the id. One statement, two with a numeric param. */
export async function runPage(database: MlflowDatabase, input: { query: RunQuery; request: PageRequest }): Promise<Page<RunRecord>> {
  const { query, request } = input;
  const context = await filterContext(database, query);
  const condition = allOf([workspaceCondition(database), runCondition(query.filter, context)]);
  const terms = runTerms(query.orderBy, context);
  const order = pageOrder(database.dialect, terms, request.backward);
  // Ids are chosen first: the columns of a run are read for the page alone, not for all that match.
  const chosen = sql`SELECT * FROM (SELECT r.run_uuid AS id, ${termColumns(terms)} ${context.relation.from()} WHERE ${condition}) candidate
    WHERE ${pageBounds(database, terms, request)} ORDER BY ${order} LIMIT ${request.limit + 1}`;
  const rows = await database.db.all(sql`/* mlflow.runPage */
    SELECT ${columnsOf(database.dialect)}, ${termNames(terms)} FROM (${chosen}) page JOIN runs r ON r.run_uuid = page.id ORDER BY ${order}`);
  return toPage(rows, request, (row) => {
    const record = toRun(row, database.source);
    return { record, position: toPosition(row, columnCount, terms, record) };
  });
}

/** The first runs of each of several experiments, in the order of `experimentIds`. As many statements as for one page. */
export async function firstRunPages(
  database: MlflowDatabase,
  { query, experimentIds, limit }: { query: RunQuery; experimentIds: readonly string[]; limit: number },
): Promise<Page<RunRecord>[]> {
  const { dialect } = database;
  const context = await filterContext(database, query);
  const experiment = dialect.text(runColumns(dialect).experimentId);
  const condition = allOf([workspaceCondition(database), dialect.oneOf(experiment, experimentIds), runCondition(query.filter, context)]);
  const terms = runTerms(query.orderBy, context);
  const order = pageOrder(dialect, terms, false);
  const candidates = sql`SELECT r.run_uuid AS id, ${experiment} AS owner, ${termColumns(terms)} ${context.relation.from()} WHERE ${condition}`;
  const placed = sql`SELECT candidate.*, ROW_NUMBER() OVER (PARTITION BY owner ORDER BY ${order}) AS place FROM (${candidates}) candidate`;
  const rows = await database.db.all(sql`/* mlflow.firstRunPages */
    SELECT ${columnsOf(dialect)}, ${termNames(terms)} FROM (SELECT * FROM (${placed}) ranked WHERE place <= ${limit + 1}) page
    JOIN runs r ON r.run_uuid = page.id ORDER BY ${order}`);
  const request: PageRequest = { limit, backward: false, after: null, before: null };
  return experimentIds.map((id) =>
    toPage(
      rows.filter(([, , experimentId]) => experimentId === id),
      request,
      (row) => {
        const record = toRun(row, database.source);
        return { record, position: toPosition(row, columnCount, terms, record) };
      },
    ),
  );
}

/** How many runs match. */
export async function runCount(database: MlflowDatabase, filter: RunFilter): Promise<number> {
  const context = await filterContext(database, { filter, orderBy: [] });
  const condition = allOf([workspaceCondition(database), runCondition(filter, context)]);
  const rows = await database.db.all(sql`/* mlflow.runCount */ SELECT COUNT(*) ${context.relation.from()} WHERE ${condition}`);
  return Number(rows[0]![0]);
}

/** Runs by native id, in no particular order; unknown ids are absent. */
export async function runsByIds(database: MlflowDatabase, ids: readonly string[]): Promise<RunRecord[]> {
  const condition = allOf([workspaceCondition(database), database.dialect.oneOf(sql`r.run_uuid`, ids)]);
  const relation = createRunRelation(database);
  const rows = await database.db.all(
    sql`/* mlflow.runsByIds */ SELECT ${columnsOf(database.dialect)} ${relation.from()} WHERE ${condition}`,
  );
  return rows.map((row) => toRun(row, database.source));
}

export async function filterContext(database: MlflowDatabase, query: RunQuery): Promise<FilterContext> {
  const relation: RunRelation = createRunRelation(database);
  return { database, relation, numbers: await readNumericTexts(database, query.filter, query.orderBy) };
}

/** Workspaces other than `default` are another tenant's and are never shown. */
export const workspaceCondition = (database: MlflowDatabase) =>
  database.layout.workspaces ? sql`(e.workspace = 'default' OR e.workspace IS NULL)` : always;

/** Rows as read (one more than asked for when there are more) as a page in the asked order. */
export function toPage<T>(
  rows: SqlValue[][],
  request: PageRequest,
  decode: (row: SqlValue[]) => { record: T; position: SortPosition },
): Page<T> {
  const wanted = rows.slice(0, request.limit).map(decode);
  return { rows: request.backward ? wanted.reverse() : wanted, hasMore: rows.length > request.limit };
}

/** Reads the position out of the term columns, which follow the first `offset` columns. */
export function toPosition(
  row: SqlValue[],
  offset: number,
  terms: readonly SortTerm[],
  ref: { source: string; nativeId: string },
): SortPosition {
  const parts = terms.map((term, index): SortPart => {
    const rank = Number(row[offset + 2 * index]);
    if (rank !== sortRank.value) return [rank, null];
    const value = row[offset + 2 * index + 1]!;
    const plain = typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : (value as number | bigint | string);
    return [rank, term.read ? term.read(plain) : plain];
  });
  return { source: ref.source, nativeId: ref.nativeId, parts };
}

const statuses: readonly string[] = ['SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED'] satisfies RunStatus[];

function toRun(row: SqlValue[], source: string): RunRecord {
  const [id, name, experimentId, status, stage, artifactLocation, startedAt, endedAt, user] = row;
  return {
    source,
    nativeId: id as string,
    name: name as string,
    experimentId: experimentId as string | null,
    status: statuses.includes(status as string) ? (status as RunStatus) : 'UNKNOWN',
    lifecycleStage: toLifecycleStage(stage),
    artifactLocation: artifactLocation as string | null,
    startedAt: toMilliseconds(startedAt),
    endedAt: toMilliseconds(endedAt),
    user: user as string | null,
  };
}

export const toLifecycleStage = (stage: SqlValue | undefined): LifecycleStage => (stage === 'deleted' ? 'DELETED' : 'ACTIVE');

export const toMilliseconds = (value: SqlValue | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);
