import { refuse } from '../../../core/errors.js';
import { nothing, sql, type Database, type Sql } from '../../engine/sql.js';
import { digestOf, importIdOf, readMarks, writeMark } from './import-marks.sql.js';
import type { ExperimentRow } from './import.sql.js';
import { replaceKeyValues } from './import-rows.sql.js';
import { openTables, type RegistryTables } from '../registry/registry-rows.sql.js';
import type { WriteContext } from '../writes.js';

/** What is about to be imported. */
export interface BeginImport {
  /** Where it comes from; what is imported from the same place again belongs to what was imported before. */
  readonly origin: string;
  readonly experiments: readonly ExperimentRow[];
  readonly modelNames: readonly string[];
  /** Put before names that are taken here by something else; null: they are refused. */
  readonly prefix: string | null;
}

/** What names and ids of the imported database are called here. */
export interface BegunImport {
  readonly importId: string;
  readonly experimentIds: ReadonlyMap<bigint, bigint>;
  readonly modelNames: ReadonlyMap<string, string>;
  /** Experiments that were created or changed. */
  readonly experimentsWritten: number;
}

/**
 * Finds a name here for each experiment and each registered model that is to be imported, and creates the experiments.
 * All or nothing: a name that is taken is refused before anything was imported.
 * @throws ALREADY_EXISTS naming what is in the way
 */
export async function beginImport(context: WriteContext, input: BeginImport): Promise<BegunImport> {
  const tables = await openTables(context);
  const { db, now } = tables;
  const importId = importIdOf(input.origin);
  await db.run(sql`/* mlflow.beginImport */
    INSERT INTO rungraph_imports (import_id, origin, created_at) VALUES (${importId}, ${input.origin}, ${now}) ON CONFLICT (import_id) DO NOTHING`);
  const taken: string[] = [];
  const modelNames = await nameModels(tables, importId, input, taken);
  const { experimentIds, experimentsWritten } = await placeExperiments(tables, importId, input, taken);
  if (taken.length > 0) throw namesTaken(taken, input.prefix);
  return { importId, experimentIds, modelNames, experimentsWritten };
}

async function placeExperiments(
  tables: RegistryTables,
  importId: string,
  { experiments, prefix }: BeginImport,
  taken: string[],
): Promise<Pick<BegunImport, 'experimentIds' | 'experimentsWritten'>> {
  const { db, dialect } = tables;
  const foreignIds = experiments.map(({ id }) => String(id));
  const marks = await readMarks(db, dialect, { importId, kind: 'experiment', foreignIds });
  const experimentIds = new Map<bigint, bigint>();
  let experimentsWritten = 0;
  for (const row of experiments) {
    const mark = marks.get(String(row.id));
    const known = mark && (await experimentId(db, sql`experiment_id = ${BigInt(mark.localId)}`));
    const digest = digestOf(row);
    if (known !== undefined && known !== null) {
      experimentIds.set(row.id, known);
      if (mark!.digest === digest) continue;
      await updateExperiment(db, known, row);
    } else {
      const id = await newPlace(tables, row, prefix);
      if (id === null) {
        taken.push(`experiment ${JSON.stringify(row.name)}`);
        continue;
      }
      experimentIds.set(row.id, id);
    }
    const localId = experimentIds.get(row.id)!;
    await replaceKeyValues(db, dialect, { table: 'experiment_tags', owner: localId }, row.tags);
    await writeMark(db, importId, 'experiment', { foreignId: String(row.id), localId: String(localId), digest });
    experimentsWritten++;
  }
  return { experimentIds, experimentsWritten };
}

/** Creates the experiment, or takes the one that every MLflow database has; null when its name is taken. */
async function newPlace(tables: RegistryTables, row: ExperimentRow, prefix: string | null): Promise<bigint | null> {
  const { db, inWorkspace } = tables;
  const other = await experimentId(db, sql`name = ${row.name} AND ${inWorkspace}`);
  if (other === null) return insertExperiment(tables, row, row.name);
  if (prefix === null) return row.id === 0n && other === 0n && row.name === 'Default' ? other : null;
  const name = `${prefix}${row.name}`;
  const isFree = (await experimentId(db, sql`name = ${name} AND ${inWorkspace}`)) === null;
  return isFree ? insertExperiment(tables, row, name) : null;
}

// Whoever creates the next experiment is given the number that follows the greatest.
const greatestKeptId = 1_000_000_000n;

async function insertExperiment({ db, dialect, inWorkspace }: RegistryTables, row: ExperimentRow, name: string): Promise<bigint> {
  // A number that is given does not move the sequence of PostgreSQL, which would give it again.
  const isKept =
    dialect.engine === 'sqlite' && row.id <= greatestKeptId && (await experimentId(db, sql`experiment_id = ${row.id}`)) === null;
  const [column, value] = isKept ? [sql`experiment_id, `, sql`${row.id}, `] : [nothing, nothing];
  await db.run(sql`/* mlflow.importExperiment */
    INSERT INTO experiments (${column}name, artifact_location, lifecycle_stage, creation_time, last_update_time)
    VALUES (${value}${name}, ${row.artifactLocation}, ${row.lifecycleStage}, ${row.createdAt}, ${row.updatedAt})`);
  return (await experimentId(db, sql`name = ${name} AND ${inWorkspace}`))!;
}

/** Names stay as they were imported first: they may have been given a prefix, or changed here. */
async function updateExperiment(db: Database, id: bigint, { lifecycleStage, updatedAt }: ExperimentRow): Promise<void> {
  await db.run(sql`/* mlflow.reimportExperiment */
    UPDATE experiments SET lifecycle_stage = ${lifecycleStage}, last_update_time = ${updatedAt} WHERE experiment_id = ${id}`);
}

async function experimentId(db: Database, condition: Sql): Promise<bigint | null> {
  const rows = await db.all(sql`/* mlflow.experimentPlace */ SELECT experiment_id FROM experiments WHERE ${condition}`);
  return (rows[0]?.[0] as bigint | undefined) ?? null;
}

async function nameModels(
  tables: RegistryTables,
  importId: string,
  { modelNames, prefix }: BeginImport,
  taken: string[],
): Promise<Map<string, string>> {
  const marks = await readMarks(tables.db, tables.dialect, { importId, kind: 'model', foreignIds: modelNames });
  const there = await existingModels(tables, [...modelNames, ...modelNames.map((name) => `${prefix ?? ''}${name}`)]);
  const names = new Map<string, string>();
  for (const name of modelNames) {
    const localName = marks.get(name)?.localId ?? freeName(name, prefix, there);
    if (localName === null) taken.push(`registered model ${JSON.stringify(name)}`);
    else names.set(name, localName);
  }
  return names;
}

function freeName(name: string, prefix: string | null, there: ReadonlySet<string>): string | null {
  if (!there.has(name)) return name;
  return prefix === null || there.has(`${prefix}${name}`) ? null : `${prefix}${name}`;
}

async function existingModels({ db, dialect, inWorkspace }: RegistryTables, names: readonly string[]): Promise<Set<string>> {
  const rows = await db.all(
    sql`/* mlflow.existingModels */ SELECT m.name FROM registered_models m WHERE m.name IN ${dialect.texts(names)} AND ${inWorkspace}`,
  );
  return new Set(rows.map(([name]) => name as string));
}

const namesShown = 10;

function namesTaken(taken: readonly string[], prefix: string | null): Error {
  const shown = taken.slice(0, namesShown).join(', ');
  const more = taken.length > namesShown ? ` and ${taken.length - namesShown} more` : '';
  const [are, them] = taken.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const what = prefix === null ? '' : `, also with the prefix ${JSON.stringify(prefix)}`;
  return refuse(
    'ALREADY_EXISTS',
    `${shown}${more} ${are} in the store already and did not come from there${what}. Keep ${them} apart with --prefix ${prefix === null ? '<text>' : '<another text>'}.`,
    ['prefix'],
  );
}
