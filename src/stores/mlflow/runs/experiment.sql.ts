import { isGiven } from '../../conditions.js';
import type { Dialect } from '../../engine/dialect.js';
import { raw, sql, type Sql, type SqlValue } from '../../engine/sql.js';
import type { Page, PageRequest } from '../../page.js';
import type { ExperimentFilter, ExperimentOrderField, ExperimentQuery, ExperimentRecord, KeyValueRecord } from '../../run-store.js';
import { allOf, always, anyOf, complement, never, stringCondition, timeCondition } from '../condition.sql.js';
import { pageBounds, pageOrder, plainTerm, termColumns, textTerm } from '../keyset.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { refCondition } from './run-filter.sql.js';
import { toLifecycleStage, toMilliseconds, toPage, toPosition } from './run.sql.js';
import { byOwner } from './run-parts.sql.js';
import { matchesDouble } from '../../conditions.js';
import { parseNumber } from '../../../core/number-text.js';

const experimentColumns = (dialect: Dialect) => ({
  id: dialect.text(raw('e.experiment_id')),
  name: raw('e.name'),
  stage: raw('e.lifecycle_stage'),
  createdAt: raw('e.creation_time'),
  updatedAt: raw('e.last_update_time'),
  number: raw('e.experiment_id'),
});

const orderColumns = {
  NAME: 'name',
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  NATIVE_ID: 'id',
  NUMBER: 'number',
} as const satisfies Readonly<Record<ExperimentOrderField, string>>;

const textFields: ReadonlySet<ExperimentOrderField> = new Set(['NAME', 'NATIVE_ID']);

const columnsOf = (c: ReturnType<typeof experimentColumns>) =>
  sql`${c.id} AS id, ${c.name} AS name, ${c.stage} AS lifecycle_stage, e.artifact_location, ${c.createdAt} AS created_at, ${c.updatedAt} AS updated_at`;
const columnCount = 6;

/** A page of experiments. */
export async function experimentPage(
  database: MlflowDatabase,
  input: { query: ExperimentQuery; request: PageRequest },
): Promise<Page<ExperimentRecord>> {
  const { query, request } = input;
  const c = experimentColumns(database.dialect);
  const terms = query.orderBy.map(({ field, direction }) =>
    textFields.has(field) ? textTerm(database.dialect, c[orderColumns[field]], direction) : plainTerm(c[orderColumns[field]], direction),
  );
  const rows = await database.db.all(sql`/* mlflow.experimentPage */
    SELECT * FROM (SELECT ${columnsOf(c)}, ${termColumns(terms)} FROM experiments e WHERE ${await where(database, query.filter)}) page
    WHERE ${pageBounds(database, terms, request)} ORDER BY ${pageOrder(database.dialect, terms, request.backward)} LIMIT ${request.limit + 1}`);
  return toPage(rows, request, (row) => {
    const record = toExperiment(row, database.source);
    return { record, position: toPosition(row, columnCount, terms, record) };
  });
}

/** How many experiments match. */
export async function experimentCount(database: MlflowDatabase, filter: ExperimentFilter): Promise<number> {
  const rows = await database.db.all(
    sql`/* mlflow.experimentCount */ SELECT COUNT(*) FROM experiments e WHERE ${await where(database, filter)}`,
  );
  return Number(rows[0]![0]);
}

/** Experiments by native id, in no particular order; unknown ids are absent. */
export async function experimentsByIds(database: MlflowDatabase, ids: readonly string[]): Promise<ExperimentRecord[]> {
  const c = experimentColumns(database.dialect);
  const condition = allOf([workspaceCondition(database), database.dialect.oneOf(c.id, ids)]);
  const rows = await database.db.all(sql`/* mlflow.experimentsByIds */ SELECT ${columnsOf(c)} FROM experiments e WHERE ${condition}`);
  return rows.map((row) => toExperiment(row, database.source));
}

/** Tags of experiments in the order of `ids`, each ordered by key. */
export async function experimentTags(database: MlflowDatabase, ids: readonly string[]): Promise<KeyValueRecord[][]> {
  const { byCodePoint, oneOf, text } = database.dialect;
  const id = text(sql`t.experiment_id`);
  const rows = await database.db.all(sql`/* mlflow.experimentTags */
    SELECT ${id}, t.key, t.value FROM experiment_tags t WHERE ${oneOf(id, ids)} ORDER BY ${byCodePoint(sql`t.key`)}`);
  return byOwner(ids, rows, ([, key, value]) => ({ key: key as string, value: (value as string | null) ?? '' }));
}

/** Distinct metric or param keys of an experiment's runs that start with a text, by code point. */
export async function experimentKeys(
  { db, dialect }: MlflowDatabase,
  input: { experimentId: string; kind: 'metric' | 'param'; startsWith: string; limit: number },
): Promise<string[]> {
  const table = input.kind === 'metric' ? sql`latest_metrics` : sql`params`;
  const rows = await db.all(sql`/* mlflow.experimentKeys */
    SELECT name FROM (SELECT DISTINCT ${dialect.byCodePoint(sql`k.key`)} AS name FROM ${table} k JOIN runs r ON r.run_uuid = k.run_uuid
      WHERE ${dialect.text(sql`r.experiment_id`)} = ${input.experimentId} AND ${dialect.startsWith(sql`k.key`, input.startsWith)}) found
    ORDER BY ${dialect.byCodePoint(sql`name`)} LIMIT ${input.limit}`);
  return rows.map(([key]) => key as string);
}

const workspaceCondition = ({ layout }: MlflowDatabase): Sql => (layout.workspaces ? sql`e.workspace = 'default'` : always);

async function where(database: MlflowDatabase, filter: ExperimentFilter): Promise<Sql> {
  return allOf([workspaceCondition(database), await condition(database, filter)]);
}

async function condition(database: MlflowDatabase, filter: ExperimentFilter): Promise<Sql> {
  const { dialect } = database;
  const c = experimentColumns(dialect);
  const parts: Sql[] = [];
  if (filter.and) parts.push(allOf(await Promise.all(filter.and.map((inner) => condition(database, inner)))));
  if (filter.or) parts.push(anyOf(await Promise.all(filter.or.map((inner) => condition(database, inner)))));
  if (filter.not) parts.push(complement(await condition(database, filter.not)));
  if (filter.id) parts.push(refCondition(database, c.id, filter.id));
  if (filter.source) parts.push(stringCondition(dialect, sql`${database.source}`, filter.source));
  if (filter.name) parts.push(stringCondition(dialect, c.name, filter.name));
  if (filter.nativeId) parts.push(stringCondition(dialect, c.id, filter.nativeId));
  if (filter.lifecycleStage) parts.push(sql`${c.stage} = ${filter.lifecycleStage.toLowerCase()}`);
  if (filter.createdAt) parts.push(timeCondition(c.createdAt, filter.createdAt));
  if (filter.updatedAt) parts.push(timeCondition(c.updatedAt, filter.updatedAt));
  if (filter.tag) parts.push(await tagCondition(database, filter.tag));
  return allOf(parts);
}

async function tagCondition(database: MlflowDatabase, tag: NonNullable<ExperimentFilter['tag']>): Promise<Sql> {
  const parts = [sql`t.experiment_id = e.experiment_id`, database.dialect.equals(sql`t.key`, tag.key)];
  if (tag.exists === false && (isGiven(tag.string) || isGiven(tag.number))) return never;
  if (isGiven(tag.string)) parts.push(stringCondition(database.dialect, sql`t.value`, tag.string));
  if (isGiven(tag.number)) parts.push(database.dialect.oneOf(sql`t.value`, await numericTags(database, tag.key, tag.number)));
  const exists = sql`EXISTS (SELECT 1 FROM experiment_tags t WHERE ${allOf(parts)})`;
  return tag.exists === false ? complement(exists) : exists;
}

async function numericTags(
  { db, dialect }: MlflowDatabase,
  key: string,
  number: NonNullable<NonNullable<ExperimentFilter['tag']>['number']>,
): Promise<string[]> {
  const rows = await db.all(
    sql`/* mlflow.numericExperimentTags */ SELECT DISTINCT ${dialect.byCodePoint(sql`t.value`)} FROM experiment_tags t WHERE ${dialect.equals(sql`t.key`, key)}`,
  );
  return rows.map(([value]) => (value as string | null) ?? '').filter((text) => matchesDouble(number, parseNumber(text)));
}

function toExperiment(row: SqlValue[], source: string): ExperimentRecord {
  const [id, name, stage, artifactLocation, createdAt, updatedAt] = row;
  return {
    source,
    nativeId: id as string,
    name: name as string,
    lifecycleStage: toLifecycleStage(stage),
    artifactLocation: artifactLocation as string | null,
    createdAt: toMilliseconds(createdAt),
    updatedAt: toMilliseconds(updatedAt),
  };
}
