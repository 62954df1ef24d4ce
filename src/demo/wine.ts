import { createHash } from 'node:crypto';

/** Samples with standardised features, split into those to learn from and those to judge by. */
export interface WineData {
  readonly train: Samples;
  readonly val: Samples;
  readonly featureNames: readonly string[];
  readonly classCount: number;
  /** Tells this table from another: the begin of its SHA-256. */
  readonly digest: string;
}

export interface Samples {
  readonly features: readonly Float64Array[];
  /** Class of each sample, from 0. */
  readonly classes: readonly number[];
}

const trainShare = 0.7;

/**
 * Reads the wine data: lines of `#` are comments, the next names the columns, the last column is the class.
 * The split is the same every time; features are standardised by mean and deviation of the training samples.
 */
export function readWine(csv: string): WineData {
  const [header, ...lines] = csv.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const rows = shuffled(lines.map((line) => line.split(',').map(Number)));
  const bad = rows.findIndex((row) => row.length < 2 || row.some(Number.isNaN));
  if (!header || rows.length === 0 || bad >= 0) throw new Error('The wine data is not a table of numbers with a header.');
  const trainCount = Math.round(rows.length * trainShare);
  const features = standardised(
    rows.map((row) => Float64Array.from(row.slice(0, -1))),
    trainCount,
  );
  const classes = rows.map((row) => row.at(-1)!);
  return {
    train: { features: features.slice(0, trainCount), classes: classes.slice(0, trainCount) },
    val: { features: features.slice(trainCount), classes: classes.slice(trainCount) },
    featureNames: header.split(',').slice(0, -1),
    classCount: Math.max(...classes) + 1,
    digest: createHash('sha256').update(csv).digest('hex').slice(0, 8),
  };
}

function standardised(rows: readonly Float64Array[], trainCount: number): Float64Array[] {
  const train = rows.slice(0, trainCount);
  const mean = rows[0]!.map((_, column) => train.reduce((sum, row) => sum + row[column]!, 0) / trainCount);
  const deviation = mean.map(
    (center, column) => Math.sqrt(train.reduce((sum, row) => sum + (row[column]! - center) ** 2, 0) / trainCount) || 1,
  );
  return rows.map((row) => row.map((value, column) => (value - mean[column]!) / deviation[column]!));
}

/** Fisher–Yates with a fixed seed (the generator of Park and Miller). */
function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  let seed = 20_151;
  for (let last = result.length - 1; last > 0; last--) {
    seed = (seed * 48_271) % 2_147_483_647;
    const other = seed % (last + 1);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
