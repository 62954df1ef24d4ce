import { Command } from 'commander';
import type { RunDetails } from '@rungraph/sdk';
import { ConfigError } from '../config.js';
import { clientOf, runBy, withClientFlags, type ClientFlags } from './client.js';
import { paint, paintStatus, print, printJson, printTable, shortNumber } from './output.js';

/** `rungraph show RUN`: everything about one run. */
export const showCommand = (): Command =>
  withClientFlags(
    new Command('show').description('Show one run: params, metrics, tags.').argument('<run>', 'its id, its id in the source, or its name'),
  ).action(async (text: string, flags: ClientFlags) => {
    const run = await clientOf(flags).run(runBy(text));
    if (!run) throw new ConfigError(`There is no run ${JSON.stringify(text)}.`);
    if (flags.json) return printJson(run);
    showRun(run);
  });

function showRun(run: RunDetails): void {
  print(`${paint.bold(run.name)}  ${paintStatus(run.status)}  ${paint.dim(run.id)}`);
  const facts: [string, string | null | undefined][] = [
    ['experiment', run.experiment?.name],
    ['source', run.sourceName],
    ['started', run.startedAt?.toISOString()],
    ['ended', run.endedAt?.toISOString()],
    ['user', run.user],
    ['parent', run.parent?.name],
  ];
  for (const [name, value] of facts) if (value) print(`  ${paint.dim(name.padEnd(10))}  ${value}`);
  section(
    'PARAMS',
    ['KEY', 'VALUE'],
    run.params.map(({ key, value }) => [key, value.length > 80 ? `${value.slice(0, 79)}…` : value]),
  );
  section(
    'METRICS',
    ['KEY', 'LAST', 'STEP', 'MIN', 'MAX', 'POINTS'],
    run.metrics.map(({ key, value, step, min, max, count }) => [
      key,
      shortNumber(value),
      String(step),
      min === null ? '' : shortNumber(min),
      max === null ? '' : shortNumber(max),
      String(count),
    ]),
  );
  section(
    'TAGS',
    ['KEY', 'VALUE'],
    run.tags.map(({ key, value }) => [key, value.replaceAll('\n', ' ').slice(0, 80)]),
  );
}

function section(title: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  print(`\n${paint.bold(title)}`);
  printTable(header, rows);
}
