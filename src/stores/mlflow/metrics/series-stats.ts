/** What is known of all points of one series, a metric of a run. */
export interface SeriesExtremes {
  /** Points, the non-finite ones included. */
  readonly count: number;
  /** Null while every point is NaN. */
  readonly min: number | null;
  readonly max: number | null;
  /** The smallest step that has the least value. */
  readonly minStep: bigint | null;
  readonly maxStep: bigint | null;
}

/** The same of many series, column by column: typed arrays cross threads without being taken apart. */
export interface SeriesStats {
  readonly runIds: readonly string[];
  readonly keys: readonly string[];
  readonly counts: Float64Array;
  /** NaN: every point of the series is NaN. */
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  /** 0 where there is no extreme. */
  readonly minSteps: BigInt64Array;
  readonly maxSteps: BigInt64Array;
}

/** Statistics of series that grow; each part that is added says something of other points. */
export interface SeriesTotals {
  add(runId: string, key: string, part: SeriesExtremes): void;
  addAll(stats: SeriesStats): void;
  get(runId: string, key: string): SeriesExtremes | undefined;
  columns(): SeriesStats;
  /** The same in pieces of so many series. */
  pieces(size: number): Iterable<SeriesStats>;
}

export function createSeriesTotals(): SeriesTotals {
  const runs = new Map<string, Map<string, SeriesExtremes>>();
  const totals: SeriesTotals = {
    add(runId, key, part) {
      if (!runs.has(runId)) runs.set(runId, new Map());
      const series = runs.get(runId)!;
      const known = series.get(key);
      series.set(key, known ? combineExtremes(known, part) : part);
    },
    addAll(stats) {
      stats.runIds.forEach((runId, index) => totals.add(runId, stats.keys[index]!, extremesAt(stats, index)));
    },
    get: (runId, key) => runs.get(runId)?.get(key),
    columns: () => toColumns([...rows()]),
    *pieces(size) {
      let piece: Row[] = [];
      for (const row of rows()) {
        piece.push(row);
        if (piece.length < size) continue;
        yield toColumns(piece);
        piece = [];
      }
      if (piece.length > 0) yield toColumns(piece);
    },
  };

  function* rows(): Generator<Row> {
    for (const [runId, series] of runs) for (const [key, extremes] of series) yield { runId, key, extremes };
  }

  return totals;
}

interface Row {
  readonly runId: string;
  readonly key: string;
  readonly extremes: SeriesExtremes;
}

const toColumns = (rows: readonly Row[]): SeriesStats => ({
  runIds: rows.map(({ runId }) => runId),
  keys: rows.map(({ key }) => key),
  counts: Float64Array.from(rows, ({ extremes }) => extremes.count),
  mins: Float64Array.from(rows, ({ extremes }) => extremes.min ?? NaN),
  maxs: Float64Array.from(rows, ({ extremes }) => extremes.max ?? NaN),
  minSteps: BigInt64Array.from(rows, ({ extremes }) => extremes.minStep ?? 0n),
  maxSteps: BigInt64Array.from(rows, ({ extremes }) => extremes.maxStep ?? 0n),
});

/** One series out of the columns. */
export function extremesAt({ counts, mins, maxs, minSteps, maxSteps }: SeriesStats, index: number): SeriesExtremes {
  const isNone = Number.isNaN(mins[index]!);
  return {
    count: counts[index]!,
    min: isNone ? null : mins[index]!,
    max: isNone ? null : maxs[index]!,
    minStep: isNone ? null : minSteps[index]!,
    maxStep: isNone ? null : maxSteps[index]!,
  };
}

/** Those of the columns' series for which the condition holds. */
export function filterStats(stats: SeriesStats, holds: (runId: string, key: string) => boolean): SeriesStats {
  const totals = createSeriesTotals();
  stats.runIds.forEach((runId, index) => {
    if (holds(runId, stats.keys[index]!)) totals.add(runId, stats.keys[index]!, extremesAt(stats, index));
  });
  return totals.columns();
}

/** One point as statistics. @param value NaN counts, and is neither the least nor the greatest */
export const extremesOfPoint = (value: number, step: bigint): SeriesExtremes =>
  Number.isNaN(value)
    ? { count: 1, min: null, max: null, minStep: null, maxStep: null }
    : { count: 1, min: value, max: value, minStep: step, maxStep: step };

function combineExtremes(a: SeriesExtremes, b: SeriesExtremes): SeriesExtremes {
  const lowest = a.min === null || (b.min !== null && (b.min < a.min || (b.min === a.min && b.minStep! < a.minStep!))) ? b : a;
  const highest = a.max === null || (b.max !== null && (b.max > a.max || (b.max === a.max && b.maxStep! < a.maxStep!))) ? b : a;
  return {
    count: a.count + b.count,
    min: lowest.min,
    minStep: lowest.minStep,
    max: highest.max,
    maxStep: highest.maxStep,
  };
}
