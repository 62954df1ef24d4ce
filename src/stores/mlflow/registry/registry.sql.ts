import { fail } from '../../../core/errors.js';
import { isGiven } from '../../conditions.js';
import { join, raw, sql, type Sql, type SqlValue } from '../../engine/sql.js';
import type { Page, PageRequest, SortDirection } from '../../page.js';
import {
  versionNativeId,
  type AliasRecord,
  type ModelQuery,
  type ModelStage,
  type ModelVersionFilter,
  type ModelVersionRecord,
  type RegisteredModelFilter,
  type RegisteredModelRecord,
  type VersionKey,
  type VersionQuery,
} from '../../registry-store.js';
import type { KeyValueRecord } from '../../run-store.js';
import { allOf, always, anyOf, complement, longCondition, stringCondition, timeCondition } from '../condition.sql.js';
import { pageBounds, pageOrder, plainTerm, termColumns, textTerm, type SortTerm } from '../keyset.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { byOwner } from '../runs/run-parts.sql.js';
import { toMilliseconds, toPage, toPosition } from '../runs/run.sql.js';

const model = { NAME: raw('m.name'), CREATED_AT: raw('m.creation_time'), UPDATED_AT: raw('m.last_updated_time') } as const;
const version = {
  NAME: raw('v.name'),
  VERSION: raw('v.version'),
  CREATED_AT: raw('v.creation_time'),
  UPDATED_AT: raw('v.last_updated_time'),
} as const;

const modelColumns = sql`m.name AS id, m.description, m.creation_time, m.last_updated_time`;
const modelColumnCount = 4;
// The native id of a version has no separator problem this way round: a version is digits, a name may be anything.
const versionId = sql`(v.version || '/' || v.name)`;
const versionColumns = sql`${versionId} AS id, v.name, v.version, v.current_stage, v.status, v.status_message, v.description, v.user_id, v.source,
  v.storage_location, v.run_link, v.run_id, v.creation_time, v.last_updated_time`;
const versionColumnCount = 14;

// MLflow deletes versions by overwriting them; what is left of them is nobody's business.
export const notDeleted = sql`COALESCE(v.current_stage, '') <> 'Deleted_Internal'`;

/** Registry tables have a workspace since MLflow 3.10; only `default` is read, and joins go by it too. */
export const inWorkspace = ({ layout }: MlflowDatabase, alias: string): Sql =>
  layout.workspaces ? sql`${raw(alias)}.workspace = 'default'` : always;

export async function modelPage(
  database: MlflowDatabase,
  input: { query: ModelQuery; request: PageRequest },
): Promise<Page<RegisteredModelRecord>> {
  const { query, request } = input;
  const terms = query.orderBy.map(({ field, direction }) => sortTerm(database, field, model[field], direction));
  const rows = await database.db.all(sql`/* mlflow.modelPage */
    SELECT * FROM (SELECT ${modelColumns}, ${termColumns(terms)} FROM registered_models m WHERE ${modelWhere(database, query.filter)}) page
    WHERE ${pageBounds(database, terms, request)} ORDER BY ${pageOrder(database.dialect, terms, request.backward)} LIMIT ${request.limit + 1}`);
  return toPage(rows, request, (row) => {
    const record = toModel(row, database.source);
    return { record, position: toPosition(row, modelColumnCount, terms, record) };
  });
}

const sortTerm = ({ dialect }: MlflowDatabase, field: string, column: Sql, direction: SortDirection): SortTerm =>
  field === 'NAME' ? textTerm(dialect, column, direction) : plainTerm(column, direction);

export async function modelCount(database: MlflowDatabase, filter: RegisteredModelFilter): Promise<number> {
  const rows = await database.db.all(
    sql`/* mlflow.modelCount */ SELECT COUNT(*) FROM registered_models m WHERE ${modelWhere(database, filter)}`,
  );
  return Number(rows[0]![0]);
}

export async function modelsByNames(database: MlflowDatabase, names: readonly string[]): Promise<RegisteredModelRecord[]> {
  const rows = await database.db.all(sql`/* mlflow.modelsByNames */
    SELECT ${modelColumns} FROM registered_models m WHERE m.name IN ${database.dialect.texts(names)} AND ${inWorkspace(database, 'm')}`);
  return rows.map((row) => toModel(row, database.source));
}

export async function modelTags(database: MlflowDatabase, names: readonly string[]): Promise<KeyValueRecord[][]> {
  const rows = await database.db.all(sql`/* mlflow.modelTags */
    SELECT t.name, t.key, t.value FROM registered_model_tags t
    WHERE t.name IN ${database.dialect.texts(names)} AND ${inWorkspace(database, 't')} ORDER BY ${database.dialect.byCodePoint(sql`t.key`)}`);
  return byOwner(names, rows, ([, key, value]) => ({ key: key as string, value: (value as string | null) ?? '' }));
}

export async function aliases(database: MlflowDatabase, names: readonly string[]): Promise<AliasRecord[][]> {
  const rows = await database.db.all(sql`/* mlflow.aliases */
    SELECT a.name, a.alias, a.version FROM registered_model_aliases a
    WHERE a.name IN ${database.dialect.texts(names)} AND ${inWorkspace(database, 'a')} ORDER BY ${database.dialect.byCodePoint(sql`a.alias`)}`);
  return byOwner(names, rows, ([, alias, number]) => ({ alias: alias as string, version: Number(number) }));
}

export async function versionPage(
  database: MlflowDatabase,
  input: { query: VersionQuery; request: PageRequest },
): Promise<Page<ModelVersionRecord>> {
  const { query, request } = input;
  const terms = query.orderBy.map(({ field, direction }) => sortTerm(database, field, version[field], direction));
  const rows = await database.db.all(sql`/* mlflow.versionPage */
    SELECT * FROM (SELECT ${versionColumns}, ${termColumns(terms)} FROM model_versions v WHERE ${versionWhere(database, query.filter)}) page
    WHERE ${pageBounds(database, terms, request)} ORDER BY ${pageOrder(database.dialect, terms, request.backward)} LIMIT ${request.limit + 1}`);
  return toPage(rows, request, (row) => {
    const record = toVersion(row, database.source);
    return { record, position: toPosition(row, versionColumnCount, terms, record) };
  });
}

export async function versionCount(database: MlflowDatabase, filter: ModelVersionFilter): Promise<number> {
  const rows = await database.db.all(
    sql`/* mlflow.versionCount */ SELECT COUNT(*) FROM model_versions v WHERE ${versionWhere(database, filter)}`,
  );
  return Number(rows[0]![0]);
}

const keysOf = (keys: readonly VersionKey[]): string[] => keys.map(({ name, version: number }) => versionNativeId(name, number));

export async function versionsByKeys(database: MlflowDatabase, keys: readonly VersionKey[]): Promise<ModelVersionRecord[]> {
  const condition = sql`${versionId} IN ${database.dialect.texts(keysOf(keys))} AND v.name IN ${database.dialect.texts(keys.map((key) => key.name))}`;
  return versions(database, sql`/* mlflow.versionsByKeys */`, condition);
}

export async function versionTags(database: MlflowDatabase, keys: readonly VersionKey[]): Promise<KeyValueRecord[][]> {
  const rows = await database.db.all(sql`/* mlflow.versionTags */
    SELECT t.version || '/' || t.name, t.key, t.value FROM model_version_tags t
    WHERE t.version || '/' || t.name IN ${database.dialect.texts(keysOf(keys))} AND ${inWorkspace(database, 't')} ORDER BY ${database.dialect.byCodePoint(sql`t.key`)}`);
  return byOwner(keysOf(keys), rows, ([, key, value]) => ({ key: key as string, value: (value as string | null) ?? '' }));
}

export async function versionsOfRuns(database: MlflowDatabase, runIds: readonly string[]): Promise<ModelVersionRecord[][]> {
  const found = await versions(database, sql`/* mlflow.versionsOfRuns */`, sql`v.run_id IN ${database.dialect.texts(runIds)}`);
  return runIds.map((runId) => found.filter((record) => record.runId === runId));
}

/** Versions whose tag says that they came from a run, wherever that run is: `values` are what the tag may hold, answered in their order. */
export async function versionsWithTag(
  database: MlflowDatabase,
  { key, values }: { key: string; values: readonly string[] },
): Promise<ModelVersionRecord[][]> {
  const rows = await database.db.all(sql`/* mlflow.versionsWithTag */
    SELECT t.value, ${versionColumns} FROM model_version_tags t JOIN model_versions v ON v.name = t.name AND v.version = t.version
    WHERE ${allOf([database.dialect.equals(sql`t.key`, key), database.dialect.oneOf(sql`t.value`, values), notDeleted])}
      AND ${inWorkspace(database, 'v')} AND ${inWorkspace(database, 't')}
    ORDER BY ${database.dialect.byCodePoint(sql`v.name`)}, v.version`);
  return byOwner(values, rows, ([, ...version]) => toVersion(version, database.source));
}

export async function latestVersions(database: MlflowDatabase, names: readonly string[]): Promise<ModelVersionRecord[][]> {
  const newest = sql`v.version = (SELECT MAX(o.version) FROM model_versions o
    WHERE o.name = v.name AND o.current_stage = v.current_stage AND ${inWorkspace(database, 'o')})`;
  const found = await versions(database, sql`/* mlflow.latestVersions */`, sql`v.name IN ${database.dialect.texts(names)} AND ${newest}`);
  return names.map((name) => found.filter((record) => record.name === name));
}

async function versions(database: MlflowDatabase, label: Sql, condition: Sql): Promise<ModelVersionRecord[]> {
  const all = allOf([condition, notDeleted, inWorkspace(database, 'v')]);
  const rows = await database.db.all(
    sql`${label} SELECT ${versionColumns} FROM model_versions v WHERE ${all} ORDER BY ${database.dialect.byCodePoint(sql`v.name`)}, v.version`,
  );
  return rows.map((row) => toVersion(row, database.source));
}

function modelWhere(database: MlflowDatabase, filter: RegisteredModelFilter): Sql {
  return allOf([inWorkspace(database, 'm'), modelCondition(database, filter)]);
}

function modelCondition(database: MlflowDatabase, filter: RegisteredModelFilter): Sql {
  return allOf([
    ...combined(filter, (inner) => modelCondition(database, inner)),
    ...common(database, filter, 'm'),
    ...(filter.tag ? [tagCondition(database, sql`registered_model_tags t WHERE t.name = m.name`, filter.tag)] : []),
  ]);
}

function versionWhere(database: MlflowDatabase, filter: ModelVersionFilter): Sql {
  return allOf([notDeleted, inWorkspace(database, 'v'), versionCondition(database, filter)]);
}

function versionCondition(database: MlflowDatabase, filter: ModelVersionFilter): Sql {
  const { dialect } = database;
  const parts = [...combined(filter, (inner) => versionCondition(database, inner)), ...common(database, filter, 'v')];
  if (filter.tag) parts.push(tagCondition(database, sql`model_version_tags t WHERE t.name = v.name AND t.version = v.version`, filter.tag));
  if (filter.version) parts.push(longCondition(dialect, sql`v.version`, filter.version));
  if (isGiven(filter.stage?.eq)) parts.push(sql`v.current_stage = ${storedStages[filter.stage.eq]}`);
  if (isGiven(filter.stage?.in)) parts.push(sql`v.current_stage IN ${dialect.texts(filter.stage.in.map((stage) => storedStages[stage]))}`);
  if (filter.sourceUri) parts.push(stringCondition(dialect, sql`v.source`, filter.sourceUri));
  if (filter.runNativeId) parts.push(stringCondition(dialect, sql`v.run_id`, filter.runNativeId));
  if (filter.alias) {
    const matching = allOf([
      sql`a.name = v.name`,
      sql`a.version = v.version`,
      inWorkspace(database, 'a'),
      stringCondition(dialect, sql`a.alias`, filter.alias),
    ]);
    parts.push(sql`EXISTS (SELECT 1 FROM registered_model_aliases a WHERE ${matching})`);
  }
  return allOf(parts);
}

interface Combined<Filter> {
  readonly and?: readonly Filter[] | null;
  readonly or?: readonly Filter[] | null;
  readonly not?: Filter | null;
}

function combined<Filter>(filter: Combined<Filter>, compile: (inner: Filter) => Sql): Sql[] {
  return [
    ...(filter.and ? [allOf(filter.and.map(compile))] : []),
    ...(filter.or ? [anyOf(filter.or.map(compile))] : []),
    ...(filter.not ? [complement(compile(filter.not))] : []),
  ];
}

function common(
  database: MlflowDatabase,
  filter: Pick<RegisteredModelFilter, 'source' | 'name' | 'createdAt' | 'updatedAt'>,
  table: 'm' | 'v',
): Sql[] {
  const { dialect } = database;
  const column = table === 'm' ? model : version;
  return [
    ...(filter.source ? [stringCondition(dialect, sql`${database.source}`, filter.source)] : []),
    ...(filter.name ? [stringCondition(dialect, column.NAME, filter.name)] : []),
    ...(filter.createdAt ? [timeCondition(column.CREATED_AT, filter.createdAt)] : []),
    ...(filter.updatedAt ? [timeCondition(column.UPDATED_AT, filter.updatedAt)] : []),
  ];
}

function tagCondition(database: MlflowDatabase, tagsOfOwner: Sql, tag: NonNullable<RegisteredModelFilter['tag']>): Sql {
  if (isGiven(tag.number))
    throw fail('FILTER_UNSUPPORTED', 'Registry tags compare as text only; use string.', {
      argument: 'tag.number',
      source: database.source,
    });
  const parts = [database.dialect.equals(sql`t.key`, tag.key), inWorkspace(database, 't')];
  if (isGiven(tag.string)) parts.push(stringCondition(database.dialect, sql`t.value`, tag.string));
  const exists = sql`EXISTS (SELECT 1 FROM ${tagsOfOwner} AND ${join(parts, ' AND ')})`;
  return tag.exists === false ? complement(exists) : exists;
}

/** Stages as MLflow writes them. */
export const storedStages: Readonly<Record<ModelStage, string>> = {
  NONE: 'None',
  STAGING: 'Staging',
  PRODUCTION: 'Production',
  ARCHIVED: 'Archived',
};

function toModel(row: SqlValue[], source: string): RegisteredModelRecord {
  const [name, description, createdAt, updatedAt] = row;
  return {
    source,
    nativeId: name as string,
    name: name as string,
    description: (description as string | null) || null,
    createdAt: toMilliseconds(createdAt),
    updatedAt: toMilliseconds(updatedAt),
  };
}

function toVersion(row: SqlValue[], source: string): ModelVersionRecord {
  const [
    nativeId,
    name,
    number,
    stage,
    status,
    statusMessage,
    description,
    user,
    sourceUri,
    storageLocation,
    runLink,
    runId,
    createdAt,
    updatedAt,
  ] = row;
  const text = (value: SqlValue | undefined) => (value as string | null) || null;
  const known = Object.entries(storedStages).find(([, stored]) => stored === stage)?.[0];
  return {
    source,
    nativeId: nativeId as string,
    name: name as string,
    version: Number(number),
    stage: (known as ModelStage | undefined) ?? 'NONE',
    status: text(status) ?? 'READY',
    statusMessage: text(statusMessage),
    description: text(description),
    user: text(user),
    sourceUri: text(sourceUri),
    storageLocation: text(storageLocation),
    runLink: text(runLink),
    runId: text(runId),
    createdAt: toMilliseconds(createdAt),
    updatedAt: toMilliseconds(updatedAt),
  };
}
