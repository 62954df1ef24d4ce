/** One key of several runs; null where a run lacks it. */
export interface DiffRow {
  readonly key: string;
  readonly values: readonly (string | null)[];
  /** Whether not all runs have the same value. */
  readonly differs: boolean;
}

interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** Keys and values of several runs side by side, by key. */
export function compare(runs: readonly (readonly KeyValue[])[]): DiffRow[] {
  const columns = runs.map((entries) => new Map(entries.map(({ key, value }) => [key, value])));
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort();
  return keys.map((key) => {
    const values = columns.map((column) => column.get(key) ?? null);
    return { key, values, differs: values.some((value) => value !== values[0]) };
  });
}
