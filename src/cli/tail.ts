import { Command, Option } from 'commander';
import type { WatchedBatch } from '@rungraph/sdk';
import { ConfigError } from '../config.js';
import { clientOf, runBy, withClientFlags, type ClientFlags } from './client.js';
import { paint, print, printJson, remark, shortNumber } from './output.js';
import { tailLogs } from './tail-logs.js';

interface TailFlags extends ClientFlags {
  readonly logs?: boolean;
  readonly keys?: string;
  readonly live?: boolean;
  readonly after?: string;
}

/** `rungraph tail RUN`: its metric points or log lines, and those that come, until Ctrl-C. */
export const tailCommand = (): Command =>
  withClientFlags(
    new Command('tail')
      .description('Follow the metrics or the log lines of a run until it is interrupted.')
      .argument('<run>', 'its id, its id in the source, or its name'),
  )
    .addOption(new Option('--logs', 'log lines instead of metrics').conflicts('keys'))
    .option('--keys <keys>', 'only these metrics, separated by commas')
    .option('--live', 'only what comes from now on')
    .option('--after <cursor>', 'go on after a cursor that --json printed')
    .action(tail);

async function tail(text: string, flags: TailFlags): Promise<void> {
  const client = clientOf(flags);
  const run = await client.run(runBy(text));
  if (!run) throw new ConfigError(`There is no run ${JSON.stringify(text)}.`);
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const { after, live, json } = flags;
  if (flags.logs) return tailLogs(client, { runId: run.id, after, live, json, signal: stopped.signal });
  const input = {
    runIds: [run.id],
    keys: flags.keys?.split(','),
    history: flags.live ? ('NONE' as const) : ('ALL' as const),
    after: flags.after,
    maxRateHz: 4,
  };
  const onStatus = ({ state }: { state: string }) => {
    if (state === 'waiting') remark(paint.yellow('connection lost; waiting for the server …'));
  };
  for await (const batch of client.watch(input, { signal: stopped.signal, onStatus })) {
    if (flags.json) printJson(batch);
    else printBatch(batch);
  }
}

function printBatch({ kind, series }: WatchedBatch): void {
  if (kind === 'RESET') remark(paint.yellow('the store was rewritten; its history follows'));
  for (const { key, steps, values, timestamps } of series) {
    values.forEach((value, index) => {
      print(
        `${paint.dim(timeOf(Number(timestamps[index])))}  ${paint.cyan(key)}  ${paint.dim(`step ${steps[index]!}`)}  ${paintValue(value)}`,
      );
    });
  }
}

/** Time of day; a timestamp no date can hold is printed as it is. */
const timeOf = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().slice(11, 23) : String(ms));

const paintValue = (value: number): string => (Number.isFinite(value) ? shortNumber(value) : paint.red(String(value)));
