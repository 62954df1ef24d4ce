import { SeriesOfRunsDocument, type Run, type RunFilter, type RunGraph, type SeriesOfRunsQuery } from '@rungraph/sdk';
import { requireSources } from './pages.js';
import { runPages } from './runs.js';
import { pieces, pointsPerRequest } from './series-pieces.js';
import type { Row, Table } from './table.js';

/** Histories in the long form: a row per point, by run (the newest first), key, step and time. */
export const seriesTable = (client: RunGraph, filter: RunFilter, keys: readonly string[] | null): Table => ({
  columns: [
    { name: 'source', type: 'text' },
    { name: 'experiment', type: 'text' },
    { name: 'run_id', type: 'text' },
    { name: 'run_name', type: 'text' },
    { name: 'key', type: 'text' },
    { name: 'step', type: 'integer' },
    // Any 64-bit number can stand here, which instants of most programs cannot be.
    { name: 'timestamp', type: 'integer' },
    { name: 'value', type: 'double' },
  ],
  async *rows() {
    for await (const runs of runPages(client, filter)) {
      for (const request of requestsOf(runs, keys)) yield* answer(client, request);
    }
  },
});

/** What is asked for at once: some runs whole, some metrics of a run, or one metric that has to be divided. */
interface SeriesRequest {
  readonly runs: readonly Run[];
  readonly keys: readonly string[] | null;
  /** Points it is about. */
  readonly points: number;
}

function requestsOf(runs: readonly Run[], keys: readonly string[] | null): SeriesRequest[] {
  const requests: SeriesRequest[] = [];
  let together: Run[] = [];
  let points = 0;
  const close = () => {
    if (together.length > 0) requests.push({ runs: together, keys, points });
    together = [];
    points = 0;
  };
  for (const run of runs) {
    const counts = run.metrics
      .filter(({ key }) => keys === null || keys.includes(key))
      .map(({ key, count }) => [key, Number(count)] as const);
    const count = counts.reduce((sum, [, ofKey]) => sum + ofKey, 0);
    if (points + count > pointsPerRequest) close();
    if (count > pointsPerRequest) requests.push(...requestsOfLarge(run, counts));
    else if (count > 0) {
      together.push(run);
      points += count;
    }
  }
  close();
  return requests;
}

function requestsOfLarge(run: Run, counts: readonly (readonly [key: string, count: number])[]): SeriesRequest[] {
  const requests: SeriesRequest[] = [];
  let keys: string[] = [];
  let points = 0;
  for (const [key, count] of counts) {
    if (keys.length > 0 && points + count > pointsPerRequest) {
      requests.push({ runs: [run], keys, points });
      [keys, points] = [[], 0];
    }
    keys.push(key);
    points += count;
  }
  return [...requests, { runs: [run], keys, points }];
}

async function* answer(client: RunGraph, { runs, keys, points }: SeriesRequest): AsyncGenerator<readonly Row[]> {
  const ids = runs.map(({ id }) => id);
  // Whatever stage they are in: they were chosen already.
  const filter: RunFilter = { id: { in: ids }, or: [{ lifecycleStage: 'ACTIVE' }, { lifecycleStage: 'DELETED' }] };
  const ranges = points > pointsPerRequest ? pieces(client, ids[0]!, keys![0]!, points) : [{}];
  for await (const range of ranges) {
    const { runs: found } = await client.query(SeriesOfRunsDocument, { filter, first: runs.length, keys: keys && [...keys], ...range });
    requireSources(found.sources);
    const byId = new Map(found.nodes.map((node) => [node.id, node]));
    for (const run of runs) yield rowsOf(run, byId.get(run.id)?.series ?? []);
  }
}

type NodeSeries = SeriesOfRunsQuery['runs']['nodes'][number]['series'];

const rowsOf = (run: Run, series: NodeSeries): Row[] =>
  series.flatMap(({ key, steps, timestamps, values }) =>
    Array.from(values, (value, index): Row => [
      run.sourceName,
      run.experiment?.name ?? null,
      run.nativeId,
      run.name,
      key,
      steps[index]!,
      timestamps[index]!,
      value,
    ]),
  );
