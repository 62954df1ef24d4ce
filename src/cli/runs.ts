import { Command } from 'commander';
import type { Run, RunFilter, RunOrder } from '@rungraph/sdk';
import { ConfigError } from '../config.js';
import { clientOf, withClientFlags, type ClientFlags } from './client.js';
import { parseFilter } from './filter.js';
import { paintStatus, printJson, printTable, progress, remark, shortNumber } from './output.js';

interface RunsFlags extends ClientFlags {
  readonly source?: string;
  readonly experiment?: string;
  readonly status?: string;
  readonly filter?: string;
  readonly best?: string;
  readonly ascending?: boolean;
  readonly metric?: string[];
  readonly limit: string;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** `rungraph runs`: list runs over all sources. */
export const runsCommand = (): Command =>
  withClientFlags(new Command('runs').description('List runs of all sources, the newest first.'))
    .option('--source <name>', 'only runs of this source')
    .option('--experiment <name>', 'only runs of this experiment')
    .option('--status <status>', 'only runs of this status, for example RUNNING')
    .option('--filter <json>', `a RunFilter of the API, for example '{"metric":{"key":"acc","value":{"gt":0.9}}}'`)
    .option('--best <metric>', 'the runs with the largest value of this metric first')
    .option('--ascending', 'with --best: the smallest value first')
    .option('--metric <key>', 'show this metric (repeatable); the one of --best is always shown', collect)
    .option('--limit <number>', 'runs at most; 0 for all', '20')
    .action(list);

async function list(flags: RunsFlags): Promise<void> {
  const client = clientOf(flags);
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 0) throw new ConfigError(`--limit must be a whole number; got ${flags.limit}.`);
  const args = { filter: filterOf(flags), orderBy: orderOf(flags), first: limit === 0 ? 500 : Math.min(limit, 500) };
  const keys = [...new Set([...(flags.best ? [flags.best] : []), ...(flags.metric ?? [])])];
  const rows: string[][] = [];
  let count = 0;
  for await (const run of client.runs.all(args)) {
    if (flags.json) printJson(run);
    else {
      const values = keys.map((key) => run.metrics.find((metric) => metric.key === key)).map((metric) => shownValue(metric, flags));
      rows.push([
        run.name,
        run.experiment?.name ?? '',
        paintStatus(run.status),
        run.startedAt?.toISOString().slice(0, 19).replace('T', ' ') ?? '',
        ...values,
        run.id,
      ]);
    }
    if (++count === limit) break;
    if (count % 500 === 0) progress(`${count} runs …`);
  }
  if (flags.json) return;
  progress('');
  printTable(['NAME', 'EXPERIMENT', 'STATUS', 'STARTED (UTC)', ...keys, 'ID'], rows);
  if (rows.length === 0) remark('No run matches. Sources that cannot be read are shown by: rungraph sources');
}

/** The value the list is sorted by, or the latest. */
function shownValue(metric: Run['metrics'][number] | undefined, { best, ascending }: RunsFlags): string {
  if (!metric) return '';
  const extreme = ascending ? metric.min : metric.max;
  return shortNumber(metric.key === best && extreme !== null ? extreme : metric.value);
}

function filterOf({ source, experiment, status, filter }: RunsFlags): RunFilter {
  const parts: RunFilter[] = [];
  if (source) parts.push({ source: { eq: source } });
  if (experiment) parts.push({ experiment: { eq: experiment } });
  if (status) parts.push({ status: { eq: status.toUpperCase() as 'RUNNING' } });
  if (filter) parts.push(parseFilter<RunFilter>(filter));
  return { and: parts };
}

const orderOf = ({ best, ascending }: RunsFlags): RunOrder[] =>
  best ? [{ metric: { key: best, aggregate: ascending ? 'MIN' : 'MAX' }, direction: ascending ? 'ASC' : 'DESC' }] : [];
