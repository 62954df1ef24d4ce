import type { Bell } from '../../core/bell.js';
import { encodeId } from '../../core/ids.js';
import { concatColumns, type KeyedColumns, type MetricColumns } from '../../core/metric-columns.js';
import type { RunFeed, TailRange } from '../../stores/feed.js';
import { concerned } from '../../stores/run-stores.js';
import type { RunFilter } from '../../stores/run-store.js';
import { requireAnswers } from '../../stores/sources.js';
import type { Context } from './context.js';
import type { MetricPoints } from './metric-batch.type.js';
import { toRunOrder } from './run-query.js';
import type { SourcePositions, TailPositions } from './tail-cursor.js';
import { maxFollowedRuns, type PointChoice } from './point-choice.js';
import { unlessDown } from './unless-down.js';

/** Points one batch may have, about. */
const pointsPerBatch = 10_000;

/** Native ids of followed runs, by source. */
export type FollowedRuns = ReadonlyMap<string, readonly string[]>;

/** What to read of one source, and the epoch the positions are of. */
export interface SourceRanges {
  /** Null: none of its runs was known before. */
  readonly epoch: string | null;
  readonly ranges: readonly TailRange[];
}

/** Points that were read, and the positions they lead to. */
export interface ReadPoints {
  readonly series: readonly MetricPoints[];
  readonly reached: TailPositions;
  readonly more: boolean;
}

/** Reads the points of chosen runs out of several sources' feeds. */
export interface PointReader {
  hang(bell: Bell): () => void;
  /** The runs to follow now. */
  followed(): Promise<FollowedRuns>;
  /** Where runs end. A source that does not answer is left out when a filter chose it. */
  ends(followed: FollowedRuns): Promise<TailPositions>;
  /** Points in the ranges, about as many as a batch may have. */
  read(wanted: ReadonlyMap<string, SourceRanges>): Promise<ReadPoints | 'rewritten'>;
  /** As `read`; an attached source that cannot be read now is passed over, its bell rings when it can. */
  readWhatAnswers(wanted: ReadonlyMap<string, SourceRanges>): Promise<ReadPoints | 'rewritten'>;
  /** The series of a run up to a position, thinned out. */
  sample(source: string, run: { readonly runId: string; readonly upTo: bigint; readonly maxPoints: number }): Promise<MetricPoints[]>;
}

export function createPointReader(choice: PointChoice, { stores }: Context): PointReader {
  const { runIds, filter } = choice;
  const feedOf = (source: string): RunFeed => stores.sources.get(source).feed!;
  const matching = filter ? createMatching(choice, filter, stores) : null;

  async function read(wanted: ReadonlyMap<string, SourceRanges>, passOver: boolean): Promise<ReadPoints | 'rewritten'> {
    const series: MetricPoints[] = [];
    const reached = new Map<string, SourcePositions>();
    let left = pointsPerBatch;
    for (const [source, { epoch, ranges }] of wanted) {
      if (left <= 0) break;
      const found = await (passOver
        ? unlessDown(feedOf(source), feedOf(source).pointsAfter(ranges, left))
        : feedOf(source).pointsAfter(ranges, left));
      if (!found) continue;
      if (found.isRewritten || (epoch !== null && found.epoch !== epoch)) return 'rewritten';
      left -= found.tails.flatMap((tail) => tail.series).reduce((sum, { values }) => sum + values.length, 0);
      reached.set(source, { epoch: found.epoch, runs: new Map(found.tails.map(({ runId, next }) => [runId, next])) });
      series.push(...found.tails.flatMap((tail) => toPoints(choice, source, tail.runId, tail.series)));
    }
    return { series, reached, more: left <= 0 };
  }

  return {
    hang(bell) {
      const feeds =
        runIds && !filter ? [...runIds.keys()].map(feedOf) : concerned(stores.sources, filter ?? {}).flatMap(({ feed }) => feed ?? []);
      const taken = filter
        ? feeds.flatMap((feed) => [feed.points.hang('all', bell), feed.events.hang('all', bell)])
        : [...runIds!].map(([source, ids]) => feedOf(source).points.hang(ids, bell));
      return () => {
        for (const unhang of taken) unhang();
      };
    },
    followed: () => matching?.() ?? Promise.resolve(runIds!),
    async ends(followed) {
      const ends = new Map<string, SourcePositions>();
      for (const [source, ids] of followed) {
        const asked = feedOf(source).endOf(ids);
        const answer = await (filter ? unlessDown(feedOf(source), asked) : asked);
        if (answer)
          ends.set(source, { epoch: answer.epoch, runs: new Map(answer.positions.map(({ runId, position }) => [runId, position])) });
      }
      return ends;
    },
    read: (wanted) => read(wanted, false),
    readWhatAnswers: (wanted) => read(wanted, true),
    async sample(source, query) {
      const { series } = await stores.runs.series(source, { ...query, keys: 'all', sampling: 'MIN_MAX' });
      return toPoints(choice, source, query.runId, series);
    },
  };
}

/** Parts of one metric put together, so that a metric comes once in a batch. */
function toPoints(choice: PointChoice, source: string, runId: string, series: readonly KeyedColumns[]): MetricPoints[] {
  const parts = new Map<string, MetricColumns[]>();
  for (const columns of series) {
    if (columns.values.length === 0 || !choice.wants(columns.key)) continue;
    if (!parts.has(columns.key)) parts.set(columns.key, []);
    parts.get(columns.key)!.push(columns);
  }
  return [...parts].map(([key, columns]) => ({ runId: encodeId('Run', source, runId), key, ...concatColumns(columns) }));
}

/** Looks which runs match now, the newest first. A source that does not answer keeps the runs it had. */
function createMatching({ runIds }: PointChoice, filter: RunFilter, stores: Context['stores']): () => Promise<FollowedRuns> {
  let known: FollowedRuns = new Map();
  return async () => {
    const chosen = runIds ? { id: { in: [...runIds].flatMap(([source, ids]) => ids.map((nativeId) => ({ source, nativeId }))) } } : {};
    const query = { filter: { and: [filter], ...chosen }, orderBy: toRunOrder(null) };
    const page = await stores.runs.page(query, { limit: maxFollowedRuns, backward: false, after: null, before: null });
    if (page.sources.every(({ error }) => error !== null)) requireAnswers(page.sources);
    const found = new Map<string, string[]>();
    for (const { record } of page.rows) {
      if (!found.has(record.source)) found.set(record.source, []);
      found.get(record.source)!.push(record.nativeId);
    }
    // No answer is not the same as no runs.
    for (const { source, error } of page.sources) if (error) found.set(source, [...(known.get(source) ?? [])]);
    return (known = found);
  };
}
