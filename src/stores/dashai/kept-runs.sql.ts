import { raw, type Database } from '../engine/sql.js';
import type { HomeLayout } from './home-layout.js';

/**
 * What of a home is kept in temporary tables of our connection, run by run: its rows as MLflow's, its parameters apart, and under
 * which key each of its curves is found. Reading a page out of DashAI's tables would take a run's JSON apart and look for its
 * epochs once for every row; kept, the tables have indexes, and only runs that changed are looked at again.
 */
export interface KeptRuns {
  /** Makes the tables, empty. */
  create(db: Database): Promise<void>;
  /** Takes in what changed since the last time; costs microseconds when nobody wrote. To be called within a transaction. */
  refresh(db: Database): Promise<void>;
  /** Runs whose own row changed since this was last asked: what DashAI keeps of them is another. */
  takeTouched(): readonly string[];
}

/** Selects of the rows of MLflow's tables, of the runs in `changed_runs`. */
export interface KeptSelects {
  readonly runs: string;
  readonly params: string;
  readonly tags: string;
}

const tables: Readonly<Record<string, string>> = {
  fresh_runs: '(id INTEGER PRIMARY KEY, mark TEXT NOT NULL, points TEXT NOT NULL)',
  kept_runs: '(id INTEGER PRIMARY KEY, mark TEXT NOT NULL, points TEXT NOT NULL)',
  changed_runs: '(id INTEGER PRIMARY KEY)',
  runs: `(run_uuid TEXT PRIMARY KEY, name TEXT, user_id TEXT, status TEXT, start_time INTEGER, end_time INTEGER, lifecycle_stage TEXT,
    artifact_uri TEXT, experiment_id INTEGER, deleted_time INTEGER) WITHOUT ROWID`,
  params: '(run_uuid TEXT, key TEXT, value TEXT, PRIMARY KEY (run_uuid, key)) WITHOUT ROWID',
  tags: '(run_uuid TEXT, key TEXT, value TEXT, PRIMARY KEY (run_uuid, key)) WITHOUT ROWID',
  curves: `(run_id INTEGER, split TEXT, level TEXT, name TEXT, run_uuid TEXT NOT NULL, key TEXT NOT NULL, latest_id INTEGER NOT NULL,
    PRIMARY KEY (run_id, split, level, name)) WITHOUT ROWID`,
};
const indexes = [
  'CREATE INDEX temp.params_by_key ON params (key, run_uuid)',
  'CREATE INDEX temp.tags_by_key ON tags (key, run_uuid)',
  'CREATE INDEX temp.curves_by_run ON curves (run_uuid, key, latest_id)',
  'CREATE INDEX temp.curves_by_key ON curves (key, run_uuid, latest_id)',
];

// DashAI touches last_modified with every change of a row; the others are for programs that do not.
const markColumns = [
  ...['name', 'status', 'start_time', 'end_time', 'delivery_time', 'model_session_id', 'last_modified', 'description'],
  ...['model_name', 'optimizer_name', 'goal_metric'],
];

export function createKeptRuns(home: HomeLayout, selects: KeptSelects): KeptRuns {
  const columns = markColumns.filter((column) => home.has('run', column)).map((column) => `COALESCE(r.${column}, '')`);
  const mark = [...columns, "COALESCE(length(r.parameters), '')"].join(` || char(31) || `);
  const touched = new Set<string>();
  let seen: bigint | null = null;
  return {
    async create(db) {
      seen = null;
      for (const [name, shape] of Object.entries(tables)) {
        await db.run(raw(`DROP TABLE IF EXISTS temp.${name}`));
        await db.run(raw(`CREATE TEMP TABLE ${name} ${shape}`));
      }
      for (const index of indexes) await db.run(raw(index));
    },
    async refresh(db) {
      await db.all(raw('/* dashai.begin */ SELECT 1 FROM run LIMIT 1')); // from here on the file is as it is for this transaction
      const [[version]] = (await db.all(raw('PRAGMA data_version'))) as [[bigint]];
      if (version === seen) return;
      for (const statement of [...marking(mark), changing]) await db.run(raw(statement));
      // A connection that was just opened knows of no change.
      if (seen !== null) for (const [id] of await db.all(raw(rowsTouched))) touched.add(id as string);
      for (const statement of replacing(selects)) await db.run(raw(statement));
      seen = version;
    },
    takeTouched() {
      const taken = [...touched];
      touched.clear();
      return taken;
    },
  };
}

const marking = (mark: string): readonly string[] => [
  'DELETE FROM fresh_runs',
  // Numbers of rows are all in the index on run_id.
  `INSERT INTO fresh_runs SELECT r.id, ${mark}, COALESCE(p.points || ' ' || p.newest, '')
    FROM run r LEFT JOIN (SELECT run_id, COUNT(*) AS points, MAX(id) AS newest FROM metric GROUP BY run_id) p ON p.run_id = r.id`,
  'DELETE FROM changed_runs',
];

const changing = `INSERT INTO changed_runs
  SELECT f.id FROM fresh_runs f LEFT JOIN kept_runs k ON k.id = f.id WHERE k.mark IS NOT f.mark OR k.points IS NOT f.points
  UNION SELECT k.id FROM kept_runs k WHERE k.id NOT IN (SELECT id FROM fresh_runs)`;

const rowsTouched = 'SELECT CAST(f.id AS TEXT) FROM fresh_runs f JOIN kept_runs k ON k.id = f.id WHERE k.mark <> f.mark';

const replacing = (selects: KeptSelects): readonly string[] => [
  ...['runs', 'params', 'tags'].map((table) => `DELETE FROM ${table} WHERE run_uuid IN (SELECT CAST(id AS TEXT) FROM changed_runs)`),
  'DELETE FROM curves WHERE run_id IN (SELECT id FROM changed_runs)',
  'DELETE FROM kept_runs WHERE id IN (SELECT id FROM changed_runs)',
  `INSERT INTO runs ${selects.runs}`,
  // JSON may have a name twice: the last one counts, as in Python.
  `INSERT OR REPLACE INTO params ${selects.params}`,
  `INSERT INTO tags ${selects.tags}`,
  curves,
  'INSERT INTO kept_runs SELECT f.id, f.mark, f.points FROM fresh_runs f WHERE f.id IN (SELECT id FROM changed_runs)',
];

/**
 * No series mixes the steps of two levels: one has the plain key, the others say what their steps are. The latest value of the
 * plain key is DashAI's last value, where there is one.
 */
const curves = `INSERT INTO curves SELECT run_id, split, level, name, CAST(run_id AS TEXT),
    lower(split) || '/' || name || CASE WHEN is_plain THEN '' ELSE ' (' || lower(replace(level, '_', ' ')) || ')' END,
    CASE WHEN is_plain THEN COALESCE(last_id, newest) ELSE newest END
  FROM (SELECT run_id, split, level, name, newest, last_id,
      CASE level WHEN 'EPOCH' THEN 1 WHEN 'STEP' THEN NOT has_epochs WHEN 'LAST' THEN NOT has_steps ELSE 0 END AS is_plain
    FROM (SELECT run_id, split, level, name, MAX(id) AS newest, MAX(level = 'EPOCH') OVER curve AS has_epochs,
        MAX(level IN ('EPOCH', 'STEP')) OVER curve AS has_steps, MAX(CASE WHEN level = 'LAST' THEN MAX(id) END) OVER curve AS last_id
      FROM metric WHERE run_id IN (SELECT id FROM changed_runs) GROUP BY run_id, split, level, name
      WINDOW curve AS (PARTITION BY run_id, split, name)))`;
