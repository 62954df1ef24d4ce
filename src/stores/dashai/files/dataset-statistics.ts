import { HomeFileFailure } from './home-file-failure.js';

/** What DashAI worked out about a dataset; each part as it stands in `splits.json`, null where DashAI wrote none. */
export interface DatasetStatistics {
  readonly generalInfo: unknown;
  readonly numericStats: unknown;
  readonly categoricalStats: unknown;
  readonly textStats: unknown;
  readonly qualityInfo: unknown;
  readonly correlations: unknown;
  /** How many values are missing, by column. */
  readonly nan: unknown;
}

/** How many rows each part of a dataset has that came with a split; null when a part is not there. */
export interface SplitSizes {
  readonly train: number | null;
  readonly validation: number | null;
  readonly test: number | null;
}

/** The content of a `splits.json`, without the row numbers, of which there may be millions. */
export interface DatasetNotes {
  readonly totalRows: number | null;
  readonly columnNames: readonly string[] | null;
  /** Null when the dataset came without a split. */
  readonly splitSizes: SplitSizes | null;
  readonly statistics: DatasetStatistics;
}

/**
 * Takes a parsed `splits.json` apart.
 * @param content as `parseTolerantJson` reads it: NaN and ±Infinity are texts
 * @throws HomeFileFailure DAMAGED when it is no object
 */
export function datasetNotes(content: unknown): DatasetNotes {
  if (!isObject(content)) throw new HomeFileFailure('DAMAGED', 'splits.json holds no object.');
  const part = (name: string): unknown => content[name] ?? null;
  const { total_rows: totalRows, column_names: names, split_indices: splits } = content;
  return {
    totalRows: Number.isSafeInteger(totalRows) ? (totalRows as number) : null,
    columnNames: Array.isArray(names) ? names.map(String) : null,
    splitSizes: isObject(splits) ? splitSizes(splits) : null,
    statistics: {
      generalInfo: part('general_info'),
      numericStats: part('numeric_stats'),
      categoricalStats: part('categorical_stats'),
      textStats: part('text_stats'),
      qualityInfo: part('quality_info'),
      correlations: part('correlations'),
      nan: part('nan'),
    },
  };
}

function splitSizes(splits: Readonly<Record<string, unknown>>): SplitSizes {
  const size = (name: string): number | null => {
    const rows = splits[name];
    return Array.isArray(rows) ? rows.length : null;
  };
  return { train: size('train'), validation: size('validation') ?? size('val'), test: size('test') };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
