import { Command, Option } from 'commander';
import type { ModelVersionsQueryVariables, RunFilter, RunGraph } from '@rungraph/sdk';
import { ConfigError } from '../config.js';
import { clientOf, withClientFlags, type ClientFlags } from './client.js';
import { writeCsv } from './export/csv.js';
import { openDestination, type Destination } from './export/destination.js';
import { writeParquet } from './export/parquet.js';
import { runColumns, runGroups, runPages, toRunRow, type MetricValue } from './export/runs.js';
import { seriesTable } from './export/series.js';
import type { Column, Row, Table } from './export/table.js';
import { toVersionRow, versionColumns, versionGroups, versionPages } from './export/versions.js';
import { wideTable, type ColumnGroup, type WideRow } from './export/wide-table.js';
import { parseFilter } from './filter.js';
import { jsonText, progress, remark } from './output.js';

const formats = ['jsonl', 'csv', 'parquet'] as const;
type Format = (typeof formats)[number];
const metricValues: readonly MetricValue[] = ['last', 'min', 'max'];

interface ExportFlags extends ClientFlags {
  readonly runs?: boolean;
  readonly series?: boolean;
  readonly models?: boolean;
  readonly format?: Format;
  readonly out: string;
  readonly filter?: string;
  readonly source?: string;
  readonly experiment?: string;
  readonly keys?: string;
  readonly metricValues: string;
  readonly spreadsheet?: boolean;
}

/** `rungraph export`: runs, histories or model versions as a file. */
export const exportCommand = (): Command =>
  withClientFlags(
    new Command('export').description(
      'Write runs, metric histories or model versions of a running server to a file: JSON Lines as the API has them, or a table as CSV or Parquet.',
    ),
  )
    .addOption(new Option('--runs', 'a row per run (this is what is exported unless said otherwise)').conflicts(['series', 'models']))
    .addOption(new Option('--series', 'a row per metric point').conflicts('models'))
    .option('--models', 'a row per version of a registered model')
    .addOption(new Option('--format <format>', 'jsonl, csv or parquet (default: what the name of the file ends in)').choices(formats))
    .requiredOption('--out <file>', 'the file; - for stdout')
    .option('--filter <json>', 'a RunFilter of the API; with --models a ModelVersionFilter')
    .option('--source <name>', 'only of this source')
    .option('--experiment <name>', 'only runs of this experiment')
    .option('--keys <keys>', 'with --series: only these metrics, separated by commas')
    .option('--metric-values <values>', 'with --runs as a table: which values get columns, of last, min, max', 'last')
    .option('--spreadsheet', "with csv: put ' before texts that begin with = + - @, which spreadsheets take for formulas")
    .action(exportTo);

async function exportTo(given: ExportFlags): Promise<void> {
  // Where stdout is a file, that name is a link to it: another file must not take the place of either.
  const flags = { ...given, out: given.out === '/dev/stdout' ? '-' : given.out };
  const request = { ...flags, format: formatOf(flags), values: metricValuesOf(flags) };
  const client = clientOf(flags);
  const began = performance.now();
  endWithSignals();
  const destination = await openDestination(flags.out);
  const rows = createCount();
  try {
    if (request.format === 'jsonl') await writeLines(client, request, destination, rows);
    else await writeTable(client, request, destination, rows);
    await destination.finish();
  } finally {
    progress('');
    await destination.abandon();
  }
  const { format, out } = request;
  const summary = {
    out,
    format,
    rows: rows.count,
    bytes: destination.bytes,
    seconds: Number(((performance.now() - began) / 1000).toFixed(3)),
  };
  if (!flags.json) return out === '-' ? undefined : remark(`${out}: ${rows.count} rows, ${destination.bytes} bytes.`);
  (out === '-' ? process.stderr : process.stdout).write(`${jsonText(summary)}\n`);
}

type Request = ExportFlags & { readonly format: Format; readonly values: readonly MetricValue[] };

/** Counts rows, and shows how far it has come. */
function createCount() {
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(rows: number): void {
      count += rows;
      progress(`exporting: ${count} rows …`);
    },
  };
}

type Count = ReturnType<typeof createCount>;

async function writeLines(client: RunGraph, request: Request, { write }: Destination, rows: Count): Promise<void> {
  for await (const objects of objectsOf(client, request)) {
    await write(objects.map((object) => `${jsonText(object)}\n`).join(''));
    rows.add(objects.length);
  }
}

async function* objectsOf(client: RunGraph, request: Request): AsyncGenerator<readonly object[]> {
  if (request.models) yield* versionPages(client, versionFilter(request));
  else if (request.series) yield* seriesObjects(seriesTable(client, runFilter(request), keysOf(request)));
  else yield* runPages(client, runFilter(request));
}

async function* seriesObjects({ columns, rows }: Table): AsyncGenerator<readonly object[]> {
  for await (const batch of rows()) yield batch.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
}

async function writeTable(client: RunGraph, request: Request, { write }: Destination, rows: Count): Promise<void> {
  const table = await tableOf(client, request, rows);
  try {
    if (request.format === 'csv') await writeCsv(table, write, { spreadsheet: request.spreadsheet ?? false });
    else await writeParquet(table, write);
  } finally {
    await table.close();
  }
}

async function tableOf(client: RunGraph, request: Request, { add }: Count): Promise<Table & { close(): Promise<void> }> {
  if (request.models) return wide(versionColumns, versionGroups, versionPages(client, versionFilter(request)), toVersionRow);
  if (!request.series) {
    const { values } = request;
    return wide(runColumns, runGroups(values), runPages(client, runFilter(request)), (run) => toRunRow(run, values));
  }
  const table = seriesTable(client, runFilter(request), keysOf(request));
  return { columns: table.columns, rows: () => counted(table.rows(), add), close: () => Promise.resolve() };

  function wide<T>(
    columns: readonly Column[],
    groups: readonly ColumnGroup[],
    pages: AsyncIterable<readonly T[]>,
    toRow: (from: T) => WideRow,
  ) {
    return wideTable(columns, groups, mapped(pages, toRow), add);
  }
}

async function* mapped<From, To>(batches: AsyncIterable<readonly From[]>, change: (from: From) => To): AsyncGenerator<readonly To[]> {
  for await (const batch of batches) yield batch.map(change);
}

async function* counted(batches: AsyncIterable<readonly Row[]>, add: (rows: number) => void): AsyncGenerator<readonly Row[]> {
  for await (const batch of batches) {
    yield batch;
    add(batch.length);
  }
}

function formatOf({ format, out }: ExportFlags): Format {
  const extension = /\.([a-z]+)$/i.exec(out)?.[1]?.toLowerCase().replace('ndjson', 'jsonl');
  const known = format ?? formats.find((name) => name === extension) ?? (out === '-' ? 'jsonl' : undefined);
  if (known) return known;
  throw new ConfigError(`--out ${out} does not say which format is wanted; give --format ${formats.join(', ')}.`);
}

function metricValuesOf({ metricValues: text }: ExportFlags): MetricValue[] {
  const wanted = text.split(',').map((value) => value.trim());
  const unknown = wanted.find((value) => !metricValues.some((known) => known === value));
  if (unknown === undefined) return metricValues.filter((value) => wanted.includes(value));
  throw new ConfigError(`--metric-values ${text}: ${JSON.stringify(unknown)} is none of ${metricValues.join(', ')}.`);
}

const keysOf = ({ keys }: ExportFlags): string[] | null => keys?.split(',') ?? null;

function runFilter({ source, experiment, filter }: ExportFlags): RunFilter {
  const parts: RunFilter[] = [];
  if (source) parts.push({ source: { eq: source } });
  if (experiment) parts.push({ experiment: { eq: experiment } });
  if (filter) parts.push(parseFilter<RunFilter>(filter));
  return { and: parts };
}

type VersionFilter = NonNullable<ModelVersionsQueryVariables['filter']>;

function versionFilter({ source, experiment, filter }: ExportFlags): VersionFilter {
  if (experiment) throw new ConfigError('--experiment chooses runs; with --models give a --filter.');
  const parts: VersionFilter[] = [];
  if (source) parts.push({ source: { eq: source } });
  if (filter) parts.push(parseFilter<VersionFilter>(filter));
  return { and: parts };
}

/** Ends the process in the ordinary way, so that what is half written is taken away. */
function endWithSignals(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
}
