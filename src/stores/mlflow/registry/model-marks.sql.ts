import { crc32 } from 'node:zlib';
import { join, raw, sql, type Sql, type SqlValue } from '../../engine/sql.js';
import { allOf } from '../condition.sql.js';
import type { MlflowDatabase } from '../layout.js';
import { inWorkspace, notDeleted } from './registry.sql.js';

/** How a version is: its number, stage, and checksums of its columns, of its tags, and the time of its last update. */
export type VersionMark = readonly [version: number, stage: string, columns: number, tags: number, updatedAt: number];

/** How a model is, in little room. */
export interface ModelMark {
  readonly columns: number;
  readonly tags: number;
  readonly updatedAt: number;
  readonly versions: readonly VersionMark[];
  readonly aliases: readonly (readonly [alias: string, version: number])[];
}

/** What was found of the registry. */
export interface ModelMarks {
  /** Stays the same as long as nobody can have written; null: that cannot be told. */
  readonly unchanged: string | null;
  /** Marks as JSON, by the name of the model: texts are cheap to send, keep and compare. Null: as they were. */
  readonly marks: ReadonlyMap<string, string> | null;
}

/**
 * Looks at all models, or some, in one statement, so that nothing is seen in halves.
 * @param since `unchanged` of an earlier look at all models
 */
export async function readModelMarks(
  database: MlflowDatabase,
  { names, since }: { names: readonly string[] | null; since: string | null },
): Promise<ModelMarks> {
  const unchanged = await sameAs(database);
  if (unchanged !== null && unchanged === since) return { unchanged, marks: null };
  const parts = await readParts(database, names);
  const of = (part: Part, name: string): readonly Row[] => parts[part].get(name) ?? [];
  const marks = new Map<string, string>();
  for (const [name, [row]] of parts.registered_models) {
    const [, updatedAt, , others] = row!;
    const mark: ModelMark = {
      columns: crc32(others as string),
      tags: tagsMark(of('registered_model_tags', name)),
      updatedAt: Number(updatedAt),
      versions: versionMarks(of('model_versions', name), of('model_version_tags', name)),
      aliases: of('registered_model_aliases', name).map(([version, alias]) => [alias as string, Number(version)] as const),
    };
    marks.set(name, JSON.stringify(mark));
  }
  return { unchanged, marks };
}

/** The number that SQLite changes whenever another connection has committed. */
async function sameAs({ db, dialect, layout }: MlflowDatabase): Promise<string | null> {
  if (dialect.engine !== 'sqlite') return null;
  const rows = await db.all(raw('PRAGMA data_version'));
  return `${layout.connection} ${String(rows[0]![0])}`;
}

/** What is looked at, besides the name and the number of the version: one or two columns as they are, the others as one text. */
const columnsOf = {
  registered_models: { first: 'last_updated_time', second: null, others: ['creation_time', 'description'] },
  registered_model_tags: { first: 'key', second: null, others: ['value'] },
  registered_model_aliases: { first: 'alias', second: null, others: [] },
  model_versions: {
    first: 'current_stage',
    second: 'last_updated_time',
    others: ['creation_time', 'description', 'user_id', 'source', 'run_id', 'status', 'status_message', 'run_link', 'storage_location'],
  },
  model_version_tags: { first: 'key', second: null, others: ['value'] },
} as const;
type Part = keyof typeof columnsOf;
const partNames = Object.keys(columnsOf) as Part[];

/** The number of the version, and three texts. */
type Row = readonly [version: SqlValue, first: SqlValue, second: SqlValue, others: SqlValue];

/** The rows of every table by the name of their model, in an order that is the same every time. */
async function readParts(database: MlflowDatabase, names: readonly string[] | null): Promise<Record<Part, Map<string, Row[]>>> {
  const selects = partNames.map((part, index) => selectOf(database, part, index, names));
  const found = await database.db.all(sql`/* mlflow.modelMarks */
    SELECT * FROM (${join(selects, ' UNION ALL ')}) marks ORDER BY part, name, number, first`);
  const parts = Object.fromEntries(partNames.map((part) => [part, new Map()])) as Record<Part, Map<string, Row[]>>;
  for (const [index, name, ...row] of found) {
    const part = parts[partNames[Number(index)]!];
    const ofModel = part.get(name as string);
    if (ofModel) ofModel.push(row as unknown as Row);
    else part.set(name as string, [row as unknown as Row]);
  }
  return parts;
}

function selectOf(database: MlflowDatabase, part: Part, index: number, names: readonly string[] | null): Sql {
  const { dialect } = database;
  const wanted: Sql[] = [inWorkspace(database, 'v')];
  if (names) wanted.push(sql`v.name IN ${dialect.texts(names)}`);
  if (part === 'model_versions') wanted.push(notDeleted);
  const { first, second, others } = columnsOf[part];
  const text = (column: string | null) => dialect.text(raw(column === null ? 'NULL' : `v.${column}`));
  const number = raw(part === 'registered_models' || part === 'registered_model_tags' ? '0' : 'v.version');
  // Making values is most of the cost, so there are few of them.
  const together =
    others.length === 0
      ? text(null)
      : join(
          others.map((column) => sql`COALESCE(${text(column)}, '')`),
          " || ' | ' || ",
        );
  return sql`SELECT ${raw(String(index))} AS part, v.name AS name, ${number} AS number, ${text(first)} AS first, ${text(second)} AS second,
    ${together} AS others FROM ${raw(part)} v WHERE ${allOf(wanted)}`;
}

function versionMarks(versions: readonly Row[], tags: readonly Row[]): VersionMark[] {
  const tagsOf = new Map<SqlValue, Row[]>();
  for (const tag of tags) {
    const ofVersion = tagsOf.get(tag[0]);
    if (ofVersion) ofVersion.push(tag);
    else tagsOf.set(tag[0], [tag]);
  }
  return versions.map(([version, stage, updatedAt, others]) => [
    Number(version),
    String(stage),
    crc32(others as string),
    tagsMark(tagsOf.get(version) ?? []),
    Number(updatedAt),
  ]);
}

const tagsMark = (tags: readonly Row[]): number => crc32(JSON.stringify(tags.map(([, key, , value]) => [key, value])));
