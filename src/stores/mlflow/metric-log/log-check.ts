import type { KeyedColumns } from '../../../core/metric-columns.js';
import type { Dialect } from '../../engine/dialect.js';
import type { Database } from '../../engine/sql.js';
import { allEntries, caughtUpTo, metricRows, statsKeys } from './log-check.sql.js';
import { openEntry, selectPoints } from './metric-log.js';
import { seriesOfRows } from '../metrics/metric-rows.js';
import { combineStats, statsOf, type MetricStats } from '../metrics/metric-stats.js';
import { readStats } from '../metrics/metric.sql.js';
import { addPoints, emptyDigest, sameDigest, type PointDigest } from '../metrics/point-digest.js';

/**
 * What can be wrong with a store. `ENTRY_DAMAGED` an entry of the log does not fit its checksum or its row ·
 * `LOG_GAP` offsets are missing or there twice · `LOG_DIFFERS` the log has other points than MLflow's rows ·
 * `STATISTICS_DIFFER` the statistics are not those of the log · `ORPHANED` rows of a run that does not exist ·
 * `DATABASE_DAMAGED` SQLite itself finds the file damaged.
 */
export type FindingCode = 'ENTRY_DAMAGED' | 'LOG_GAP' | 'LOG_DIFFERS' | 'STATISTICS_DIFFER' | 'ORPHANED' | 'DATABASE_DAMAGED';

/** Something that is wrong with a store. */
export interface Finding {
  readonly code: FindingCode;
  /** Native id of the run; null: it is not about a run. */
  readonly run: string | null;
  readonly message: string;
}

/** What was found of one run. */
export interface RunCheck {
  /** Points of the entries that are intact. */
  readonly points: number;
  readonly findings: readonly Finding[];
}

/**
 * Compares the log of a run with its checksums, with MLflow's rows and with the statistics. Rows that another process wrote
 * and nobody has taken into the log yet are not missed. Everything must be read in one snapshot.
 */
export async function checkRun(db: Database, dialect: Dialect, runId: string): Promise<RunCheck> {
  const findings: Finding[] = [];
  const find = (code: FindingCode, message: string) => findings.push({ code, run: runId, message });
  const log = await readLog(db, runId, find);
  // What a damaged log lacks, its rows and statistics have: that is no second damage.
  if (findings.length === 0) compareRows(log, await readRows(db, runId), find);
  if (findings.length === 0) await compareStats(db, dialect, runId, log, find);
  return { points: [...log.values()].reduce((sum, { digest }) => sum + digest.count, 0), findings };
}

type Find = (code: FindingCode, message: string) => void;

interface LoggedKey {
  readonly digest: PointDigest;
  stats: MetricStats;
}

async function readLog(db: Database, runId: string, find: Find): Promise<Map<string, LoggedKey>> {
  const keys = new Map<string, LoggedKey>();
  let next = 0n;
  for await (const { firstOffset, count, payload } of allEntries(db, runId)) {
    if (firstOffset !== next) find('LOG_GAP', `An entry begins at offset ${firstOffset} where ${next} was to follow.`);
    next = firstOffset + BigInt(count);
    const entry = openEntry(payload);
    if (entry?.points !== count) find('ENTRY_DAMAGED', `The entry at offset ${firstOffset} (${count} points) is damaged.`);
    else for (const columns of selectPoints(entry, { from: 0, end: count, keys: null })) addLogged(keys, columns);
  }
  return keys;
}

function addLogged(keys: Map<string, LoggedKey>, columns: KeyedColumns): void {
  const known = keys.get(columns.key);
  const stats = statsOf(columns);
  if (!known) keys.set(columns.key, { digest: emptyDigest(), stats });
  else known.stats = combineStats(known.stats, stats);
  addPoints(keys.get(columns.key)!.digest, columns);
}

async function readRows(db: Database, runId: string): Promise<Map<string, PointDigest>> {
  const keys = new Map<string, PointDigest>();
  for await (const rows of metricRows(db, runId, await caughtUpTo(db))) {
    for (const columns of seriesOfRows(rows, 1)) {
      if (!keys.has(columns.key)) keys.set(columns.key, emptyDigest());
      addPoints(keys.get(columns.key)!, columns);
    }
  }
  return keys;
}

function compareRows(log: ReadonlyMap<string, LoggedKey>, rows: ReadonlyMap<string, PointDigest>, find: Find): void {
  const nothing = emptyDigest();
  const all = [...new Set([...log.keys(), ...rows.keys()])];
  const different = all.filter((key) => !sameDigest(log.get(key)?.digest ?? nothing, rows.get(key) ?? nothing));
  const [key] = different;
  if (key === undefined) return;
  const [logged, stored] = [log.get(key)?.digest.count ?? 0, rows.get(key)?.count ?? 0];
  const how =
    logged === stored ? 'has as many points in the log as rows, but not the same' : `has ${logged} points in the log and ${stored} rows`;
  find('LOG_DIFFERS', `Metric ${JSON.stringify(key)} ${how}${andOthers(different.length)}.`);
}

async function compareStats(db: Database, dialect: Dialect, runId: string, log: ReadonlyMap<string, LoggedKey>, find: Find): Promise<void> {
  const all = [...new Set([...log.keys(), ...(await statsKeys(db, runId))])];
  const known = await readStats(db, dialect, runId, all);
  const different = all.filter((key) => !sameStats(log.get(key)?.stats, known.get(key)));
  if (different.length === 0) return;
  find(
    'STATISTICS_DIFFER',
    `The statistics of metric ${JSON.stringify(different[0])} are not those of its points${andOthers(different.length)}.`,
  );
}

const andOthers = (count: number): string => (count > 1 ? `; so it is with ${count} metrics of the run` : '');

function sameStats(a: MetricStats | undefined, b: MetricStats | undefined): boolean {
  if (!a || !b) return a === b;
  return (Object.keys(a) as (keyof MetricStats)[]).every((name) => Object.is(a[name], b[name]));
}
