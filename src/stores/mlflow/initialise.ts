import { randomBytes, randomUUID } from 'node:crypto';
import { sql, type Database } from '../engine/sql.js';
import { moveToMlflowTables } from './traces/trace-move.js';
import type { WriteContext } from './writes.js';

/** What a store of ours knows of itself. */
export interface StoreIdentity {
  /** Changes when the log is written anew. */
  readonly epoch: string;
  /** Signs cursors, so that they outlive a restart and nobody else can make them. */
  readonly cursorSecret: string;
}

/**
 * Completes a new store, and does nothing to one that is complete: its identity, and experiment 0, which every
 * MLflow that opens a database without it would insert with an artifact root of its own. What a newer MLflow has made
 * tables for since the last start is moved there.
 */
export async function initialise(context: WriteContext, _input: null): Promise<StoreIdentity> {
  const { db, now } = context;
  const experiments = await db.all(sql`SELECT 1 FROM experiments WHERE experiment_id = 0`);
  if (experiments.length === 0) {
    await db.run(sql`INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
      VALUES (0, 'Default', 'mlflow-artifacts:/0', 'active', ${now}, ${now})`);
  }
  await moveToMlflowTables(context);
  return {
    epoch: await meta(db, 'epoch', () => randomUUID().slice(0, 8)),
    cursorSecret: await meta(db, 'cursor_secret', () => randomBytes(32).toString('base64url')),
  };
}

async function meta(db: Database, key: string, create: () => string): Promise<string> {
  await db.run(sql`INSERT INTO rungraph_meta (key, value) VALUES (${key}, ${create()}) ON CONFLICT (key) DO NOTHING`);
  const rows = await db.all(sql`SELECT value FROM rungraph_meta WHERE key = ${key}`);
  return rows[0]![0] as string;
}
