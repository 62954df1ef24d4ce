// A Markdown report: the best run of every experiment, whatever source it is in, by the least (or greatest) value of a metric.
// npx tsx examples/report.ts [metric] [MIN|MAX] > report.md
import { RunGraph, type Run } from '@rungraph/sdk';

const client = new RunGraph({ url: process.env.RUNGRAPH_URL });
const key = process.argv[2] ?? 'val/loss';
const aggregate = process.argv[3] === 'MAX' ? 'MAX' : 'MIN';
const direction = aggregate === 'MAX' ? 'DESC' : 'ASC';
const silent = new Map<string, string>();

const row = (cells: readonly unknown[]) => console.log(`| ${cells.map((cell) => String(cell).replaceAll(/[|\r\n]+/g, ' ')).join(' | ')} |`);

/** The best value and its step; a metric that was never a number has none. */
function bestOf({ metrics }: Run): [string, string] {
  const { min, minStep, max, maxStep } = metrics.find((metric) => metric.key === key)!;
  const [value, step] = aggregate === 'MAX' ? [max, maxStep] : [min, minStep];
  return value === null ? ['NaN', '–'] : [String(Number(value.toPrecision(6))), String(step)];
}

console.log(`# Best runs by ${aggregate === 'MAX' ? 'greatest' : 'least'} ${key}\n`);
row(['experiment', 'source', 'runs', 'best run', key, 'step', 'params']);
row(['---', '---', '---:', '---', '---:', '---:', '---']);
for await (const { nodes, sources } of client.experiments.pages({ orderBy: [{ field: 'NAME', direction: 'ASC' }] })) {
  for (const { source, error } of sources) if (error) silent.set(source, error.message);
  for (const { id, name, sourceName } of nodes) {
    const { nodes: found, totalCount } = await client.runs({
      filter: { experimentId: { eq: id }, metric: { key } },
      orderBy: [{ metric: { key, aggregate }, direction }],
      first: 1,
      withTotalCount: true,
    });
    const [best] = found;
    if (!best) continue;
    const params = best.params.map((param) => `${param.key}=${param.value}`).join(' ');
    row([name, sourceName, totalCount, best.name, ...bestOf(best), params]);
  }
}
for (const [source, reason] of silent) console.log(`\nNothing from ${source}: ${reason}`);
