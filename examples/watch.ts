// Follows a run, the newest one unless an id is given, until it is interrupted or the run has ended.
// npx tsx examples/watch.ts [run id]
import { pointsOf, RunGraph } from '@rungraph/sdk';

const client = new RunGraph({ url: process.env.RUNGRAPH_URL });
const runId = process.argv[2] ?? (await client.runs({ first: 1 })).nodes[0]?.id;
const run = runId && (await client.run(runId));
if (!run) throw new Error('There is no run yet. Try: npx tsx examples/train.ts');

const stopped = new AbortController();
process.once('SIGINT', () => stopped.abort());
console.log(`${run.name} (${run.status})`);
for await (const { series, caughtUp } of client.watch(
  { runIds: [run.id], maxRateHz: 4 },
  { signal: stopped.signal, onStatus: ({ state }) => state === 'waiting' && console.log('… connecting again') },
)) {
  for (const columns of series) {
    for (const { step, value } of pointsOf(columns)) console.log(`step ${step}  ${columns.key}  ${value}`);
  }
  if (caughtUp && (await client.run(run.id))?.endedAt) break;
}
