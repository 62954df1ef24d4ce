import { dirname } from 'node:path';
import type { Dialect } from '../engine/dialect.js';
import type { DashaiTables, SqliteFile } from '../engine/location.js';
import { raw, type Database, type Sql } from '../engine/sql.js';
import { readLayout, type MlflowLayout } from '../mlflow/layout.js';
import { atOnce } from './at-once.js';
import { createHomePositions } from './following/home-positions.js';
import { createLastValues, type LastValues } from './following/last-values.js';
import { readHomeLayout, type HomeLayout } from './home-layout.js';
import { createKeptRuns } from './kept-runs.sql.js';
import { localTimeReader } from './local-time.sql.js';
import { mlflowViews } from './mlflow-views.sql.js';

/** A DashAI database: seen as MLflow's, and as what it is. */
export interface DashaiLayout extends MlflowLayout {
  readonly home: HomeLayout;
  /** The home. */
  readonly folder: string;
  /** Milliseconds since the epoch of a column that holds its host's local time. */
  toMs(column: Sql): Sql;
}

/** A file with tables of DashAI's. */
export type DashaiFile = SqliteFile & { readonly tables: DashaiTables };

/**
 * Makes what looks at DashAI databases and gives each connection the views and tables through which it is read. What was remembered
 * of last values outlives a connection: one that met a lock is opened anew.
 */
export function createDashaiLayouts(): (db: Database, dialect: Dialect, file: DashaiFile) => Promise<DashaiLayout> {
  const lastValues = new Map<string, LastValues>();
  const lastValuesOf = (path: string): LastValues => {
    if (!lastValues.has(path)) lastValues.set(path, createLastValues());
    return lastValues.get(path)!;
  };
  return async (db, dialect, { path, tables: { of, timeZone } }) => {
    if (of === 'dashai jobs') return noLayout;
    const home = await readHomeLayout(db);
    const toMs = localTimeReader(timeZone);
    const { views, kept: selects } = mlflowViews(home, toMs);
    const kept = createKeptRuns(home, selects);
    await db.all(raw('PRAGMA temp_store = MEMORY'));
    for (const name of views.keys()) await db.run(raw(`DROP VIEW IF EXISTS temp.${name}`));
    await kept.create(db);
    for (const [name, { text }] of views) await db.run(raw(`CREATE TEMP VIEW ${name} AS ${text}`));
    const positions = createHomePositions(lastValuesOf(path), kept);
    const refresh = () => atOnce(db, kept, () => Promise.resolve());
    return { ...(await readLayout(db, dialect)), home, folder: dirname(path), toMs, refresh, positions };
  };
}

/** A job queue is asked for jobs, which look at its columns themselves. */
const noLayout = {} as DashaiLayout;
