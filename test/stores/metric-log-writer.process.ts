// Appends single points to one run and merges its log, as fast as both go, until it is killed. Says after each merge how many
// points were acknowledged before it.
import { startWriter } from '../../src/stores/engine/sqlite/writer.js';
import type { LogCompacted } from '../../src/stores/mlflow/metric-log/log-compaction.js';
import type { LoggedMetrics } from '../../src/stores/run-writer.js';

const [path, runId, begin] = process.argv.slice(2) as [string, string, string];
const writer = startWriter(new URL('../../src/stores/mlflow/sqlite-write.thread.ts', import.meta.url), { path, durability: 'normal' });
let acknowledged = Number(begin);

async function append(): Promise<never> {
  for (;;) {
    const steps = BigInt64Array.of(BigInt(acknowledged));
    const series = [
      { key: 'loss', values: Float64Array.of(acknowledged), steps, timestamps: BigInt64Array.of(0n) },
      { key: `key ${acknowledged % 3}`, values: Float64Array.of(-acknowledged), steps, timestamps: BigInt64Array.of(0n) },
    ];
    await writer.operation<LoggedMetrics>('logMetrics', { runId, series });
    acknowledged++;
  }
}

async function merge(): Promise<never> {
  for (;;) {
    const { merged } = await writer.operation<LogCompacted>('compactLog', { runId, from: null });
    if (merged) process.stdout.write(`${acknowledged}\n`);
  }
}

await Promise.all([append(), merge()]);
