import { raw } from '../../engine/sql.js';
import { foreignTail, pointsOfKeys, pointsOfRuns } from './foreign-rows.sql.js';
import type { BestOfKey } from './foreign-stats.sql.js';
import { runGroups } from '../runs/group.sql.js';
import { knownWith } from './known-statistics.js';
import type { MlflowDatabase } from '../layout.js';
import { rowOf } from '../following/row-tail.sql.js';
import { runParts } from '../runs/run-parts.sql.js';
import { firstRunPages, runCount, runPage } from '../runs/run.sql.js';
import type { SeriesStats } from '../metrics/series-stats.js';

/** The questions that look at the best values of metrics. */
export const foreignQuestions = { runPage, firstRunPages, runCount, runGroups, runParts };
export type ForeignQuestions = typeof foreignQuestions;

/** A question, with what is known of the database as of a position. */
export interface ForeignQuestion<Name extends keyof ForeignQuestions = keyof ForeignQuestions> {
  readonly name: Name;
  readonly input: Parameters<ForeignQuestions[Name]>[1];
  readonly position: bigint;
  readonly best: readonly BestOfKey[];
  readonly series: SeriesStats | null;
  /** What is to be counted before it is believed. */
  readonly checks: readonly ForeignCheck[];
}

/** How many points a metric or runs had, and the version of the database at which that was seen to be so. */
export interface ForeignCheck {
  readonly since: string | null;
  /** Points by metric or by run. */
  readonly points: ReadonlyMap<string, number>;
  readonly of: 'keys' | 'runs';
}

/**
 * `behind`: so many points came since that they must be taken in first. `lost`: the position means nothing (any more), or is
 * too far back. `wrong`: points up to it were taken away or put in.
 */
export type ForeignAnswer<T> =
  | { readonly kind: 'behind' | 'lost' | 'wrong' }
  | { readonly kind: 'answer'; readonly answer: T; readonly behind: number; readonly version: string };

/** More new points than this are taken into the statistics first. */
const maxBehind = 5_000;

/**
 * Answers a question with the help of statistics. The points since their position are read beside them, and all of it in one
 * read transaction: the answer is what the database itself would have said at that moment.
 */
export async function askForeign(database: MlflowDatabase, question: ForeignQuestion): Promise<ForeignAnswer<unknown>> {
  const { db } = database;
  await db.run(raw('BEGIN'));
  let failure: unknown;
  try {
    return await answerInside(database, question);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // SQLite may have ended it itself, and a second failure must not hide the first.
    await db.run(raw('COMMIT')).catch((error: unknown) => Promise.reject((failure ?? error) as Error));
  }
}

async function answerInside(database: MlflowDatabase, question: ForeignQuestion): Promise<ForeignAnswer<unknown>> {
  const { name, input, position, best, series, checks } = question;
  const tail = database.layout.own ? null : await foreignTail(database, { position, limit: maxBehind });
  if (!tail) return { kind: 'lost' };
  if (tail.more) return { kind: 'behind' };
  const version = await versionOf(database);
  for (const check of checks) {
    if (check.since !== version && !(await isRight(database, rowOf(position), check))) return { kind: 'wrong' };
  }
  const ask = foreignQuestions[name] as (database: MlflowDatabase, input: unknown) => Promise<unknown>;
  const answer = await ask({ ...database, statistics: knownWith({ best, series }, tail.stats) }, input);
  return { kind: 'answer', answer, behind: tail.rows, version };
}

/** Changes whenever anybody commits to the database. */
async function versionOf({ db, layout }: MlflowDatabase): Promise<string> {
  const rows = await db.all(raw('PRAGMA data_version'));
  return `${layout.connection} ${String(rows[0]![0])}`;
}

// MLflow takes points away with their run only, which does no harm. Somebody with a SQL prompt may do otherwise.
async function isRight(database: MlflowDatabase, row: bigint, { of, points }: ForeignCheck): Promise<boolean> {
  const counted = await (of === 'keys' ? pointsOfKeys : pointsOfRuns)(database, [...points.keys()], row);
  return [...points].every(([name, count]) => (counted.get(name) ?? 0) === count);
}
