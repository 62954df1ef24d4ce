import { fromStoredValue } from '../../../core/metric-value.js';
import { raw, sql, type Sql, type SqlValue } from '../../engine/sql.js';
import type { DatasetInputRecord, KeySelection, KeyValueRecord, MetricRecord, PartSelection, RunParts } from '../../run-store.js';
import { always } from '../condition.sql.js';
import type { MlflowDatabase } from '../layout.js';

/** Parts of the runs in the order of `ids`: one statement per selected kind (two for foreign metrics with extremes), however many runs. */
export async function runParts(
  database: MlflowDatabase,
  input: { ids: readonly string[]; selection: PartSelection },
): Promise<Partial<RunParts>[]> {
  const { ids, selection } = input;
  const owned = ids.map((): { -readonly [K in keyof RunParts]?: RunParts[K] } => ({}));
  const fill = <K extends keyof RunParts>(part: K, lists: RunParts[K][]) => lists.forEach((list, index) => (owned[index]![part] = list));
  if (selection.params) fill('params', await texts(database, 'params', ids, selection.params));
  if (selection.tags) fill('tags', await texts(database, 'tags', ids, selection.tags));
  if (selection.metrics) {
    const read = database.layout.own ? ownMetrics : foreignMetrics;
    fill('metrics', await read(database, ids, selection.metrics, selection.extremes ?? false));
  }
  if (selection.inputs) fill('inputs', await inputs(database, ids));
  return owned;
}

/** Puts rows into one list per id; the first column of a row is the id, which is cut off by `decode`. */
export function byOwner<T>(ids: readonly string[], rows: SqlValue[][], decode: (row: SqlValue[]) => T): T[][] {
  const lists = new Map(ids.map((id) => [id, [] as T[]]));
  for (const row of rows) lists.get(row[0] as string)?.push(decode(row));
  return ids.map((id) => lists.get(id)!);
}

const ofRuns = (database: MlflowDatabase, alias: Sql, ids: readonly string[], keys: KeySelection): Sql => {
  const keyed = keys === 'all' ? always : database.dialect.oneOf(sql`${alias}.key`, keys);
  return sql`${database.dialect.oneOf(sql`${alias}.run_uuid`, ids)} AND ${keyed}`;
};

async function texts(
  database: MlflowDatabase,
  table: 'params' | 'tags',
  ids: readonly string[],
  keys: KeySelection,
): Promise<KeyValueRecord[][]> {
  const rows = await database.db.all(sql`/* mlflow.${raw(table)} */
    SELECT t.run_uuid, t.key, t.value FROM ${raw(table)} t WHERE ${ofRuns(database, raw('t'), ids, keys)} ORDER BY ${database.dialect.byCodePoint(sql`t.key`)}`);
  return byOwner(ids, rows, ([, key, value]) => ({ key: key as string, value: (value as string | null) ?? '' }));
}

/** Our statistics hold everything; -0 is in a bit each, because SQLite stores it as 0. */
async function ownMetrics(
  database: MlflowDatabase,
  ids: readonly string[],
  keys: KeySelection,
  extremes: boolean,
): Promise<MetricRecord[][]> {
  // Making JavaScript values is most of the cost, so what nobody asked for is not made.
  const extremeColumns = raw(extremes ? 's.min, s.max, s.min_step, s.max_step, s.count' : 'NULL, NULL, NULL, NULL, NULL');
  const rows = await database.db.all(sql`/* mlflow.metricStats */
    SELECT s.run_uuid, s.key, s.last, s.last_step, s.last_timestamp, ${extremeColumns}, s.negative_zeros
    FROM rungraph_metric_stats s WHERE ${ofRuns(database, raw('s'), ids, keys)} ORDER BY ${database.dialect.byCodePoint(sql`s.key`)}`);
  return byOwner(ids, rows, ([, key, last, step, timestamp, min, max, minStep, maxStep, count, negativeZeros]) => {
    const signed = (value: SqlValue | undefined, bit: number) =>
      value === null ? null : Number(negativeZeros) & bit ? -0 : (value as number);
    return {
      key: key as string,
      value: signed(last, negativeZeroBits.last) ?? NaN,
      step: step as bigint,
      timestamp: Number(timestamp),
      min: signed(min, negativeZeroBits.min),
      max: signed(max, negativeZeroBits.max),
      minStep: minStep as bigint | null,
      maxStep: maxStep as bigint | null,
      count: (count as bigint | null) ?? 0n,
    };
  });
}

/** Bits of `rungraph_metric_stats.negative_zeros`. */
export const negativeZeroBits = { last: 1, min: 2, max: 4 } as const;

/** MLflow keeps only the latest point; extremes are found in the history when they are asked for. */
async function foreignMetrics(
  database: MlflowDatabase,
  ids: readonly string[],
  keys: KeySelection,
  extremes: boolean,
): Promise<MetricRecord[][]> {
  const { integer } = database.dialect;
  const rows = await database.db.all(sql`/* mlflow.latestMetrics */
    SELECT l.run_uuid, l.key, l.value, l.is_nan, ${integer(sql`l.step`)}, ${integer(sql`l.timestamp`)}
    FROM latest_metrics l WHERE ${ofRuns(database, raw('l'), ids, keys)} ORDER BY ${database.dialect.byCodePoint(sql`l.key`)}`);
  const found = extremes ? await extremesOf(database, ids, keys) : () => undefined;
  return byOwner(ids, rows, ([run, key, value, isNan, step, timestamp]) => ({
    key: key as string,
    value: fromStoredValue(Number(value), Boolean(isNan)),
    step: step as bigint,
    timestamp: Number(timestamp ?? 0),
    ...(found(run as string, key as string) ?? noExtremes),
  }));
}

type Extremes = Pick<MetricRecord, 'min' | 'max' | 'minStep' | 'maxStep' | 'count'>;
const noExtremes: Extremes = { min: null, max: null, minStep: null, maxStep: null, count: 0n };

type ExtremesLookup = (runId: string, key: string) => Extremes | undefined;

async function extremesOf(database: MlflowDatabase, ids: readonly string[], keys: KeySelection): Promise<ExtremesLookup> {
  const known = database.statistics?.series;
  if (!known) {
    const read = await foreignExtremes(database, ids, keys);
    return (runId, key) => read.get(`${runId} ${key}`);
  }
  return (runId, key) => {
    const series = known.get(runId, key);
    return series && { ...series, count: BigInt(series.count) };
  };
}

async function foreignExtremes(database: MlflowDatabase, ids: readonly string[], keys: KeySelection): Promise<Map<string, Extremes>> {
  const rows = await database.db.all(sql`/* mlflow.metricExtremes */
    WITH history AS (
      SELECT m.run_uuid, ${database.dialect.byCodePoint(sql`m.key`)} AS "key", m.value, m.is_nan, ${database.dialect.integer(sql`m.step`)} AS step FROM metrics m WHERE ${ofRuns(database, raw('m'), ids, keys)}
    ), extreme AS (
      SELECT run_uuid, "key", COUNT(*) AS points, MIN(CASE WHEN is_nan THEN NULL ELSE value END) AS low, MAX(CASE WHEN is_nan THEN NULL ELSE value END) AS high
      FROM history GROUP BY run_uuid, "key"
    )
    SELECT x.run_uuid, x.key, x.points, x.low, x.high,
      MIN(CASE WHEN h.value = x.low AND NOT h.is_nan THEN h.step END), MIN(CASE WHEN h.value = x.high AND NOT h.is_nan THEN h.step END)
    FROM extreme x JOIN history h ON h.run_uuid = x.run_uuid AND h.key = x.key
    GROUP BY x.run_uuid, x.key, x.points, x.low, x.high`);
  const exact = (value: SqlValue | undefined) => (value === null ? null : fromStoredValue(Number(value), false));
  return new Map(
    rows.map(([run, key, count, low, high, lowStep, highStep]) => [
      `${String(run)} ${String(key)}`,
      { min: exact(low), max: exact(high), minStep: lowStep as bigint | null, maxStep: highStep as bigint | null, count: count as bigint },
    ]),
  );
}

async function inputs(database: MlflowDatabase, ids: readonly string[]): Promise<DatasetInputRecord[][]> {
  const { byCodePoint } = database.dialect;
  const rows = await database.db.all(sql`/* mlflow.inputs */
    SELECT i.destination_id, i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile, t.name, t.value
    FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid
    WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND ${database.dialect.oneOf(sql`i.destination_id`, ids)}
    ORDER BY ${byCodePoint(sql`d.name`)}, ${byCodePoint(sql`d.digest`)}, i.input_uuid, ${byCodePoint(sql`t.name`)}`);
  const found = new Map<string, { run: string; record: DatasetInputRecord & { context: string | null; tags: KeyValueRecord[] } }>();
  for (const [run, input, name, digest, sourceType, source, schema, profile, tag, value] of rows as (string | null)[][]) {
    if (!found.has(input!)) {
      const record = {
        name: name!,
        digest: digest!,
        context: null,
        sourceType: sourceType!,
        source: source!,
        schema: schema!,
        profile: profile!,
        tags: [],
      };
      found.set(input!, { run: run!, record });
    }
    const { record } = found.get(input!)!;
    if (tag === 'mlflow.data.context') record.context = value!;
    if (tag !== null) record.tags.push({ key: tag!, value: value ?? '' });
  }
  const lists = new Map(ids.map((id) => [id, [] as DatasetInputRecord[]]));
  for (const { run, record } of found.values()) lists.get(run)?.push(record);
  return ids.map((id) => lists.get(id)!);
}
