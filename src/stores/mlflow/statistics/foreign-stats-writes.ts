import { randomBytes } from 'node:crypto';
import { join, sql, type Database } from '../../engine/sql.js';
import type { StatsRef } from './foreign-stats.sql.js';
import { extremesAt, filterStats, type SeriesStats } from '../metrics/series-stats.js';
import type { WriteContext } from '../writes.js';

/** Rows of statistics one source may have: about 300 MB. Beyond that it starts anew. */
export const maxSeries = 2_000_000;

const rowsPerInsert = 100;

/**
 * Finds what is known of an attached database. `fresh`, when given, forgets all of it first.
 * @returns null when nothing is known and no position to begin at was given
 */
export async function openForeignStats(
  { db }: WriteContext,
  { name, location, fresh }: { name: string; location: string; fresh: bigint | null },
): Promise<StatsRef | null> {
  if (fresh !== null) {
    const sourceId = randomBytes(6).readUIntBE(0, 6);
    await db.run(sql`/* mlflow.forgetForeignSource */ DELETE FROM rungraph_foreign_sources WHERE name = ${name}`);
    await db.run(sql`/* mlflow.addForeignSource */
      INSERT INTO rungraph_foreign_sources (id, name, location, position, series) VALUES (${sourceId}, ${name}, ${location}, ${fresh.toString()}, 0)`);
    return { sourceId: BigInt(sourceId), position: fresh };
  }
  const rows = await db.all(sql`/* mlflow.foreignSource */
    SELECT f.id, f.position FROM rungraph_foreign_sources f WHERE f.name = ${name} AND f.location = ${location}`);
  return rows[0] ? { sourceId: rows[0][0] as bigint, position: BigInt(rows[0][1] as string) } : null;
}

/** What a scan found: statistics of one metric in all runs, or of all metrics of some runs. */
export interface ForeignFill extends StatsRef {
  readonly stats: SeriesStats;
  /** Scopes that are complete with these; empty while more follows. */
  readonly kind: 'key' | 'run';
  readonly complete: readonly string[];
}

/** Keeps what a scan found. @returns false when the source has moved on, or has too many series: nothing is kept then */
export async function fillForeignStats({ db }: WriteContext, fill: ForeignFill): Promise<boolean> {
  const { sourceId, position, stats, kind, complete } = fill;
  // Locks the source's row as well: nobody moves it on while this is written.
  const counted = await db.run(sql`/* mlflow.countForeignSeries */
    UPDATE rungraph_foreign_sources SET series = series + ${stats.keys.length}
    WHERE id = ${sourceId} AND position = ${position.toString()} AND series + ${stats.keys.length} <= ${maxSeries}`);
  if (counted === 0) return false;
  await writeStats(db, sourceId, stats, 'replace');
  for (let start = 0; start < complete.length; start += rowsPerInsert) {
    const rows = complete.slice(start, start + rowsPerInsert).map((name) => sql`(${sourceId}, ${kind}, ${name})`);
    await db.run(sql`/* mlflow.addForeignScopes */
      INSERT INTO rungraph_foreign_scopes (source_id, kind, name) VALUES ${join(rows)} ON CONFLICT DO NOTHING`);
  }
  return true;
}

/** Moves a source on by the points between two positions. @returns false when it is no longer where the caller thinks */
export async function advanceForeignStats(
  { db, dialect }: WriteContext,
  { sourceId, position, to, stats }: StatsRef & { to: bigint; stats: SeriesStats },
): Promise<boolean> {
  const moved = await db.run(sql`/* mlflow.moveForeignSource */
    UPDATE rungraph_foreign_sources SET position = ${to.toString()} WHERE id = ${sourceId} AND position = ${position.toString()}`);
  if (moved === 0) return false;
  const rows = await db.all(sql`/* mlflow.foreignScopes */
    SELECT c.kind, c.name FROM rungraph_foreign_scopes c WHERE c.source_id = ${sourceId}
      AND ((c.kind = 'key' AND c.name IN ${dialect.texts([...new Set(stats.keys)])}) OR (c.kind = 'run' AND c.name IN ${dialect.texts([...new Set(stats.runIds)])}))`);
  const complete = new Set(rows.map(([kind, name]) => `${String(kind)} ${String(name)}`));
  // Of a series in neither kind of scope nothing is known yet, so the new points alone would be taken for all.
  await writeStats(
    db,
    sourceId,
    filterStats(stats, (runId, key) => complete.has(`key ${key}`) || complete.has(`run ${runId}`)),
    'add',
  );
  return true;
}

/** Deletes what belongs to sources that were given up or are no longer attached, one metric at a time. @returns whether there is more */
export async function dropForeignStats({ db, dialect }: WriteContext, { attached }: { attached: readonly string[] }): Promise<boolean> {
  await db.run(sql`/* mlflow.dropForeignSources */ DELETE FROM rungraph_foreign_sources WHERE name NOT IN ${dialect.texts(attached)}`);
  await db.run(sql`/* mlflow.dropForeignScopes */
    DELETE FROM rungraph_foreign_scopes WHERE source_id NOT IN (SELECT f.id FROM rungraph_foreign_sources f)`);
  const known = await db.all(sql`/* mlflow.foreignSources */ SELECT f.id FROM rungraph_foreign_sources f`);
  const stray = await firstStray(db, new Set(known.map(([id]) => id as bigint)));
  if (stray === null) return false;
  await db.run(sql`/* mlflow.dropForeignStats */ DELETE FROM rungraph_foreign_stats
    WHERE source_id = ${stray} AND key = (SELECT MIN(s.key) FROM rungraph_foreign_stats s WHERE s.source_id = ${stray})`);
  return true;
}

/** The least id in the statistics that is none of the known ones: a seek per known source, however many rows it has. */
async function firstStray(db: Database, known: ReadonlySet<bigint>): Promise<bigint | null> {
  for (let after = -1n; ;) {
    const rows = await db.all(sql`/* mlflow.nextForeignId */
      SELECT MIN(s.source_id) FROM rungraph_foreign_stats s WHERE s.source_id > ${after}`);
    const next = rows[0]![0] as bigint | null;
    if (next === null || !known.has(next)) return next;
    after = next;
  }
}

async function writeStats(db: Database, sourceId: bigint, stats: SeriesStats, mode: 'replace' | 'add'): Promise<void> {
  for (let start = 0; start < stats.keys.length; start += rowsPerInsert) {
    const indexes = stats.keys.slice(start, start + rowsPerInsert).map((_, offset) => start + offset);
    const rows = indexes.map((index) => {
      const { count, min, max, minStep, maxStep } = extremesAt(stats, index);
      return sql`(${sourceId}, ${stats.keys[index]!}, ${stats.runIds[index]!}, ${count}, ${min}, ${max}, ${minStep}, ${maxStep})`;
    });
    await db.run(sql`/* mlflow.writeForeignStats */
      INSERT INTO rungraph_foreign_stats AS s (source_id, key, run_uuid, count, min, max, min_step, max_step) VALUES ${join(rows)}
      ON CONFLICT (source_id, key, run_uuid) DO UPDATE SET ${mode === 'replace' ? replaced : added}`);
  }
}

const replaced = sql`count = excluded.count, min = excluded.min, max = excluded.max, min_step = excluded.min_step, max_step = excluded.max_step`;

// The old values of the row are on every right side, whatever the order of the assignments.
const added = sql`count = s.count + excluded.count,
  min = CASE WHEN s.min IS NULL OR excluded.min < s.min THEN excluded.min ELSE s.min END,
  max = CASE WHEN s.max IS NULL OR excluded.max > s.max THEN excluded.max ELSE s.max END,
  min_step = CASE WHEN s.min IS NULL OR excluded.min < s.min OR (excluded.min = s.min AND excluded.min_step < s.min_step) THEN excluded.min_step ELSE s.min_step END,
  max_step = CASE WHEN s.max IS NULL OR excluded.max > s.max OR (excluded.max = s.max AND excluded.max_step < s.max_step) THEN excluded.max_step ELSE s.max_step END`;
