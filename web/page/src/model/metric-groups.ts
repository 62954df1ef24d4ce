/** Metric keys with the same first part: `train/loss` and `train/accuracy` are of `train`. */
export interface MetricGroup {
  /** The part before the first slash; empty for keys without one. */
  readonly prefix: string;
  readonly keys: readonly string[];
}

/** Keys in groups, both in order; those without a prefix first. */
export function groupKeys(keys: readonly string[]): MetricGroup[] {
  const groups = new Map<string, string[]>();
  for (const key of [...keys].sort(byName)) {
    const slash = key.indexOf('/');
    const prefix = slash > 0 ? key.slice(0, slash) : '';
    groups.set(prefix, [...(groups.get(prefix) ?? []), key]);
  }
  return [...groups].sort(([one], [other]) => byName(one, other)).map(([prefix, members]) => ({ prefix, keys: members }));
}

/** Whether a key has all words of a search, in any order and case. */
export const matchesSearch = (key: string, search: string): boolean => {
  const lower = key.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
};

/** `MIN` for what is better when it is less (losses, errors, times), else `MAX`. Only a first guess; everywhere it is used it can be changed. */
export const likelyBest = (key: string): 'MIN' | 'MAX' => (smaller.test(key) ? 'MIN' : 'MAX');

const smaller = /loss|error|(^|[^a-z])(err|mse|mae|rmse|ppl|nll|wer|cer|fid)([^a-z]|$)|perplexity|latency|duration|regret/i;

const collator = new Intl.Collator('en', { numeric: true });
const byName = (one: string, other: string): number => collator.compare(one, other) || (one < other ? -1 : 1);
