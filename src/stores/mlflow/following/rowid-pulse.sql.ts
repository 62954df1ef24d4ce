import { raw, sql } from '../../engine/sql.js';
import type { MlflowDatabase } from '../layout.js';
import type { Pulse, PulseQuestion } from './pulse.js';
import { lostPositions, newestRow, rowOf } from './row-tail.sql.js';

/** What was known of a SQLite file when it was last looked at. */
interface Mark {
  /** Of the connection, and the number SQLite changes on it whenever another connection has committed. */
  readonly connection: string;
  readonly dataVersion: bigint;
  /** Position of the newest point. */
  readonly point: bigint;
  /** Numbers of the newest rows of params and of tags. */
  readonly param: bigint;
  readonly tag: bigint;
}

const isMark = (mark: object | null): mark is Mark => mark !== null && 'dataVersion' in mark;

/** More new rows than this are not looked through: everybody who listens reads for himself. */
const maxNewRows = 50_000n;

/** Looks whether somebody wrote to a SQLite file. When nobody did it costs microseconds. Changed tags leave no trace of when. */
export async function rowidPulse(database: MlflowDatabase, { since: before }: PulseQuestion): Promise<Pulse> {
  const { db, layout } = database;
  const since = isMark(before) ? before : null;
  const rows = await db.all(raw('PRAGMA data_version'));
  const dataVersion = rows[0]![0] as bigint;
  if (since?.connection === layout.connection && since.dataVersion === dataVersion) {
    return { mark: since, hasChanged: false, withPoints: [], isUnclear: false, withTexts: [] };
  }
  const mark: Mark = {
    connection: layout.connection,
    dataVersion,
    point: await newestRow(database),
    param: await newestOf(database, 'params'),
    tag: await newestOf(database, 'tags'),
  };
  if (!since) return { mark, hasChanged: true, withPoints: 'all', isUnclear: false, withTexts: [] };
  const withTexts = [
    ...(await runsSince(database, 'params', since.param, mark.param)),
    ...(await runsSince(database, 'tags', since.tag, mark.tag)),
  ];
  return {
    mark,
    hasChanged: true,
    withPoints: await runsWithPoints(database, since, mark),
    isUnclear: false,
    withTexts: [...new Set(withTexts)],
  };
}

async function runsWithPoints(database: MlflowDatabase, since: Mark, mark: Mark): Promise<readonly string[] | 'all'> {
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
