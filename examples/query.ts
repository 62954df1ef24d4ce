// The best runs of every experiment, by the least value of a metric (`val/loss` unless another is named).
// npx tsx examples/query.ts [metric]
import { RunGraph } from '@rungraph/sdk';

const client = new RunGraph({ url: process.env.RUNGRAPH_URL });
const metric = process.argv[2] ?? 'val/loss';

for await (const experiment of client.experiments.all()) {
  const { nodes, totalCount } = await client.runs({
    filter: { experimentId: { eq: experiment.id }, metric: { key: metric } },
    orderBy: [{ metric: { key: metric, aggregate: 'MIN' }, direction: 'ASC' }],
    first: 3,
    withTotalCount: true,
  });
  if (nodes.length === 0) continue;
  console.log(`${experiment.name} (${experiment.sourceName}): ${totalCount ?? 0} runs with ${metric}`);
  for (const { name, status, params, metrics } of nodes) {
    const { min, minStep } = metrics.find(({ key }) => key === metric)!;
    const shown = params.map(({ key, value }) => `${key}=${value}`).join(' ');
    console.log(`  ${min?.toPrecision(4) ?? 'NaN'} at step ${minStep ?? '-'}  ${name}  ${status}  ${shown}`);
  }
}
