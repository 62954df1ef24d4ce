import { raw, sql } from '../engine/sql.js';
import type { MlflowDatabase } from './layout.js';
import { lostPositions, newestRow, rowOf } from './row-tail.sql.js';

/** What was known of a database when it was last looked at. */
export interface PulseMark {
  /** Of the connection, and the number SQLite changes on it whenever another connection has committed. */
  readonly connection: string;
  readonly dataVersion: bigint;
  /** Position of the newest point. */
  readonly point: bigint;
  /** Numbers of the newest rows of params and of tags. */
  readonly param: bigint;
  readonly tag: bigint;
}

/** What has changed since a mark. */
export interface Pulse {
  readonly mark: PulseMark;
  /** Whether anything was committed at all. */
  readonly hasChanged: boolean;
  /** Runs that got points; `all` when it cannot or need not be told which. */
  readonly withPoints: readonly string[] | 'all';
  /** Runs that got params or tags. Tags whose value changed are not among them: MLflow leaves no trace of when. */
  readonly withTexts: readonly string[];
}

/** More new rows than this are not looked through: everybody who listens reads for himself. */
const maxNewRows = 50_000n;

/** Looks whether somebody wrote to the database. When nobody did it costs microseconds. */
export async function readPulse(database: MlflowDatabase, { since }: { since: PulseMark | null }): Promise<Pulse> {
  const { db, layout } = database;
  const rows = await db.all(raw('PRAGMA data_version'));
  const dataVersion = rows[0]![0] as bigint;
  if (since?.connection === layout.connection && since.dataVersion === dataVersion) {
    return { mark: since, hasChanged: false, withPoints: [], withTexts: [] };
  }
  const mark: PulseMark = {
    connection: layout.connection,
    dataVersion,
    point: await newestRow(database),
    param: await newestOf(database, 'params'),
    tag: await newestOf(database, 'tags'),
  };
  if (!since) return { mark, hasChanged: true, withPoints: 'all', withTexts: [] };
  const withTexts = [
    ...(await runsSince(database, 'params', since.param, mark.param)),
    ...(await runsSince(database, 'tags', since.tag, mark.tag)),
  ];
  return { mark, hasChanged: true, withPoints: await runsWithPoints(database, since, mark), withTexts: [...new Set(withTexts)] };
}

async function runsWithPoints(database: MlflowDatabase, since: PulseMark, mark: PulseMark): Promise<readonly string[] | 'all'> {
  const lost = await lostPositions(database, [since.point]);
  const isUnclear = lost.length > 0 || rowOf(mark.point) - rowOf(since.point) > maxNewRows;
  return isUnclear ? 'all' : runsSince(database, 'metrics', rowOf(since.point), rowOf(mark.point));
}

type Rows = 'metrics' | 'params' | 'tags';

async function newestOf({ db }: MlflowDatabase, table: Rows): Promise<bigint> {
  const rows = await db.all(sql`/* mlflow.newestOf */ SELECT COALESCE(MAX(rowid), 0) FROM ${raw(table)}`);
  return rows[0]![0] as bigint;
}

async function runsSince({ db }: MlflowDatabase, table: Rows, since: bigint, upTo: bigint): Promise<string[]> {
  if (upTo <= since) return [];
  const rows = await db.all(
    sql`/* mlflow.runsSince */ SELECT DISTINCT run_uuid FROM ${raw(table)} WHERE rowid > ${since} AND rowid <= ${upTo}`,
  );
  return rows.map(([runId]) => runId as string);
}
