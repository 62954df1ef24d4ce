import { existsSync } from 'node:fs';
import { readMigrations } from '../engine/migrations.js';
import { SqliteConnection } from '../engine/sqlite/connection.js';
import { sqliteDialect } from '../engine/sqlite/dialect.js';
import { toStoreFailure } from '../engine/sqlite/failure.js';
import { migrateSqlite } from '../engine/sqlite/migrate.js';
import { openForeign, openWriter, type SqliteHandle } from '../engine/sqlite/open.js';
import { StoreFailure } from '../store-failure.js';
import { catchUp } from './following/catch-up.js';
import { IncompatibleDatabase, readLayout } from './layout.js';
import { checkRun, type Finding } from './metric-log/log-check.js';
import { integrityProblems, orphans, runIdsAfter, type OrphanTable } from './metric-log/log-check.sql.js';
import { beginEpoch, rebuildRun, removeOrphans } from './metric-log/log-rebuild.js';

/** What a check found. */
export interface StoreCheck {
  readonly runs: number;
  /** Points of intact entries of the log. */
  readonly points: number;
  readonly findings: readonly Finding[];
}

/** What a rebuild did. */
export interface StoreRebuilt {
  readonly runs: number;
  readonly points: number;
  /** Doubles that the old log knew and MLflow's rows do not: -0 and the largest finite ones. */
  readonly exactKept: number;
}

/** How far a check or a rebuild has come; told after every run. */
export type OnProgress = (done: { readonly runs: number; readonly points: number }) => void;

/** Of each kind of finding that is not about one run. */
const findingsPerKind = 20;
/** How long a transaction of a rebuild takes further runs: others that write have to wait for it. */
const transactionMs = 1_000;

/**
 * Checks an embedded store; changes nothing, and may run while a server writes to it. Each run is seen in a snapshot of its own.
 * @throws StoreFailure when the file cannot be read or is none of ours
 */
export async function checkStore(path: string, onProgress: OnProgress): Promise<StoreCheck> {
  return withStore(path, openForeign, async (connection) => {
    await requireOwn(connection);
    const findings: Finding[] = [];
    let [runs, points] = [0, 0];
    try {
      for (const message of await integrityProblems(connection, findingsPerKind)) {
        findings.push({ code: 'DATABASE_DAMAGED', run: null, message });
      }
      for await (const runId of allRuns(connection)) {
        const checked = await inTransaction(connection, 'BEGIN', () => checkRun(connection, sqliteDialect, runId));
        findings.push(...checked.findings);
        points += checked.points;
        onProgress({ runs: ++runs, points });
      }
      findings.push(...(await findOrphans(connection)));
    } catch (error) {
      const failure = toStoreFailure(error, path);
      if (!(failure instanceof StoreFailure) || failure.reason !== 'CORRUPT') throw error;
      findings.push({ code: 'DATABASE_DAMAGED', run: null, message: failure.message });
    }
    return { runs, points, findings };
  });
}

/**
 * Writes the log and the statistics of every run anew from MLflow's rows. Some runs to a transaction; each transaction begins a
 * new epoch, so that whoever follows a run reads it from the beginning, also when the rebuild does not come to its end.
 * @throws StoreFailure when the file cannot be written or is none of ours; BUSY when another process keeps it locked
 */
export async function rebuildStore(path: string, onProgress: OnProgress): Promise<StoreRebuilt> {
  await withStore(path, openForeign, requireOwn);
  migrateSqlite(path, readMigrations('mlflow', 'sqlite'));
  return withStore(
    path,
    (file) => openWriter(file, 'full'),
    async (connection) => {
      const context = { db: connection, dialect: sqliteDialect, now: Date.now() };
      const total = { runs: 0, points: 0, exactKept: 0 };
      let waiting: string[] | null = [];
      for (let after = ''; waiting !== null;) {
        waiting = await inTransaction(connection, 'BEGIN IMMEDIATE', async () => {
          await catchUp(context); // rows of others are in the log before it is written anew, or they would be taken in again
          const until = performance.now() + transactionMs;
          const runIds = await runIdsAfter(connection, after);
          for (const runId of runIds) {
            const rebuilt = await rebuildRun(context, runId);
            after = runId;
            total.points += rebuilt.points;
            total.exactKept += rebuilt.exactKept;
            onProgress({ runs: ++total.runs, points: total.points });
            if (performance.now() > until) break;
          }
          if (runIds.length === 0) await removeOrphans(connection);
          await beginEpoch(connection);
          return runIds.length === 0 ? null : runIds;
        });
      }
      return total;
    },
  );
}

async function withStore<T>(
  path: string,
  open: (path: string) => SqliteHandle,
  work: (connection: SqliteConnection) => Promise<T>,
): Promise<T> {
  if (!existsSync(path)) throw new StoreFailure('MISSING', 'There is no such file.');
  try {
    const connection = new SqliteConnection(open(path));
    try {
      return await work(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    throw toStoreFailure(error, path);
  }
}

async function requireOwn(connection: SqliteConnection): Promise<void> {
  const refusal = new StoreFailure('INCOMPATIBLE', 'It is not an embedded store of RunGraph.');
  const { own } = await readLayout(connection, sqliteDialect).catch((error: unknown) => {
    throw error instanceof IncompatibleDatabase ? refusal : error;
  });
  if (!own) throw refusal;
}

async function* allRuns(connection: SqliteConnection): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const runIds = await runIdsAfter(connection, after);
    if (runIds.length === 0) return;
    yield* runIds;
    after = runIds.at(-1)!;
  }
}

async function inTransaction<T>(connection: SqliteConnection, begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => Promise<T>): Promise<T> {
  connection.exec(begin);
  try {
    const result = await work();
    connection.exec('COMMIT');
    return result;
  } finally {
    if (connection.handle.inTransaction) connection.exec('ROLLBACK');
  }
}

const orphanKinds: Readonly<Record<OrphanTable, string>> = {
  rungraph_metric_log: 'The metric log has entries',
  rungraph_metric_stats: 'There are metric statistics',
};

async function findOrphans(connection: SqliteConnection): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [table, what] of Object.entries(orphanKinds) as [OrphanTable, string][]) {
    for (const run of await orphans(connection, table, findingsPerKind)) {
      findings.push({ code: 'ORPHANED', run, message: `${what} of a run that does not exist.` });
    }
  }
  return findings;
}
