import { raw, type Database } from '../engine/sql.js';
import type { KeptRuns } from './kept-runs.sql.js';

/** Work on one state of the file, with what is kept of it up to date. Short: a reader holds up DashAI's commits. */
export async function atOnce<T>(db: Database, kept: KeptRuns, work: () => Promise<T>): Promise<T> {
  await db.run(raw('BEGIN'));
  try {
    await kept.refresh(db);
    const result = await work();
    await db.run(raw('COMMIT'));
    return result;
  } catch (error) {
    await db.run(raw('ROLLBACK')).catch(() => undefined); // it may have ended by itself; the first error is the one to tell
    throw error;
  }
}
