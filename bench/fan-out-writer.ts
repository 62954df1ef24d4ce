import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from './fan-out-client.js';
import { post } from './load.js';

const document = 'mutation ($input: LogMetricsInput!) { logMetrics(input: $input) { pointsAccepted userErrors { message } } }';

/** One commit: when its mutation was sent and when it was answered, `monotonicMs`. */
export interface Commit {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Logs the numbers 0, 1, 2, … as the metric `sequence` of one run, one a commit. */
export interface SequenceWriter {
  /** The number of the last commit. */
  readonly last: number;
  readonly commits: ReadonlyMap<number, Commit>;
  /** Commits at a steady rate until the time is over or the work is done. */
  write(options: { readonly perSecond: number; readonly during: number | Promise<unknown>; readonly bulk?: number }): Promise<void>;
}

export function createSequenceWriter(url: string, run: string): SequenceWriter {
  const commits = new Map<number, Commit>();
  const commit = async (sequence: number, bulk: number): Promise<void> => {
    const range = Array.from({ length: bulk }, (_, index) => sequence * bulk + index);
    const series = [
      { key: 'sequence', values: [sequence], steps: [sequence], timestamps: [sequence] },
      ...(bulk > 0 ? [{ key: 'bulk', values: range.map(Math.sqrt), steps: range, timestamps: range }] : []),
    ];
    const sentAt = monotonicMs();
    await post(url, { query: document, variables: { input: { run, series } } });
    commits.set(sequence, { sentAt, answeredAt: monotonicMs() });
  };
  return {
    get last() {
      return commits.size - 1;
    },
    commits,
    async write({ perSecond, during, bulk = 0 }) {
      const ending = new AbortController();
      const end = () => ending.abort();
      void (typeof during === 'number' ? sleep(during * 1000) : during).then(end, end);
      for (let next = monotonicMs(); !ending.signal.aborted; next += 1000 / perSecond) {
        await commit(commits.size, bulk);
        await sleep(Math.max(0, next + 1000 / perSecond - monotonicMs()));
      }
    },
  };
}
