import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, medianMs, post, whileCounting, type Load } from './load.js';
import { healthWhile } from './event-loop.js';
import { startMlflowOn, startRunGraph, type Peer } from './processes.js';
import { ratio, report } from './report.js';
import { benchPostgresIngest } from './postgres-ingest.js';
import { createBenchDatabase, inPostgresStore } from './seed-postgres.js';
import { seedCurve, seedRuns, writeCurve, writeRuns } from './seed.js';

const points = 1_000;
const runs = 1_000;

/** What is asked of every server, through whichever door. Runs are native ids; a client of its own run sends batch after batch. */
interface Door {
  readonly name: string;
  logBatch(run: string, n: number): Promise<unknown>;
  /** The same page of 100 runs again and again. */
  search(seconds: number): Promise<Load>;
  history(run: string): Promise<unknown>;
}

/** What one door made of it. */
interface Measured {
  readonly pointsPerSecond: readonly number[];
  readonly search: Load;
  readonly historyMs: readonly number[];
}

const clients = [1, 4];
const curves = [10_000, 100_000];

/** MLflow's REST API and our GraphQL, side by side with `mlflow server` on the same data: on SQLite, and on PostgreSQL where one answers. */
export async function benchRest(folder: string, seconds: number): Promise<void> {
  const dataFolder = join(folder, 'rest');
  await seedRuns(dataFolder, runs, 1);
  const sqliteCurves = [await seedCurve(dataFolder, curves[0]!), await seedCurve(dataFolder, curves[1]!)];
  const copy = join(dataFolder, 'for-mlflow.db');
  copyFileSync(join(dataFolder, 'mlflow.db'), copy); // MLflow migrates what it opens
  await compare('SQLite', sqliteCurves, seconds, {
    mlflow: () => startMlflowOn(`sqlite:///${copy}`),
    ours: () => startRunGraph(dataFolder),
  });

  const database = await createBenchDatabase();
  if (!database) return report('REST on PostgreSQL', 'no server');
  try {
    const postgresCurves = await inPostgresStore(database.url, async (context) => {
      await writeRuns(context, runs, 1);
      return [await writeCurve(context, curves[0]!), await writeCurve(context, curves[1]!)];
    });
    const theirs = (await database.copy()).replace(/^postgres:/, 'postgresql+psycopg2:');
    const folderOfOurs = join(folder, 'rest-postgres');
    await compare('PostgreSQL', postgresCurves, seconds, {
      mlflow: () => startMlflowOn(theirs),
      ours: () => startRunGraph(folderOfOurs, database.url),
    });
    await benchPostgresIngest(database.url, folderOfOurs, seconds);
  } finally {
    await database.drop();
  }
}

interface Servers {
  mlflow(): Promise<Peer | null>;
  ours(): Promise<Peer>;
}

async function compare(engine: string, curveRuns: readonly string[], seconds: number, servers: Servers): Promise<void> {
  const mlflow = await servers.mlflow();
  const theirs = mlflow && (await measured(mlflow, [restDoor('mlflow server', mlflow.url)], curveRuns, seconds))[0]!;
  const server = await servers.ours();
  const origin = new URL(server.url).origin;
  const doors = [restDoor('REST', origin), graphqlDoor(server.url)];
  const ours = await measured(server, doors, curveRuns, seconds, async () => reportBlocks(engine, origin));
  if (theirs) print(`${engine}, mlflow server`, theirs, null);
  ours.forEach((one, index) => print(`${engine}, RunGraph ${doors[index]!.name}`, one, theirs));
}

async function measured(
  server: Peer,
  doors: readonly Door[],
  curveRuns: readonly string[],
  seconds: number,
  after?: () => Promise<void>,
): Promise<Measured[]> {
  try {
    const origin = new URL(server.url).origin;
    const all: Measured[] = [];
    for (const door of doors) all.push(await measure(door, origin, curveRuns, seconds));
    await after?.();
    return all;
  } finally {
    await server.stop();
  }
}

async function measure(door: Door, origin: string, curveRuns: readonly string[], seconds: number): Promise<Measured> {
  const targets = await createRuns(origin, clients.at(-1)!);
  await whileCounting(1, [(n) => door.logBatch(targets[0]!, n)]);
  const pointsPerSecond: number[] = [];
  let sent = 1_000; // of which none was sent while warming up
  for (const count of clients) {
    const first = (sent += 100_000);
    const calls = await whileCounting(
      seconds,
      targets.slice(0, count).map((run) => (n) => door.logBatch(run, first + n)),
    );
    pointsPerSecond.push(calls * points);
  }
  const search = await door.search(seconds);
  const historyMs: number[] = [];
  for (const run of curveRuns) historyMs.push(await medianMs(1, () => door.history(run)));
  return { pointsPerSecond, search, historyMs };
}

async function createRuns(origin: string, count: number): Promise<string[]> {
  const created: string[] = [];
  for (let index = 0; index < count; index++) {
    const answer = await post(`${origin}/api/2.0/mlflow/runs/create`, { experiment_id: '0', start_time: 1 });
    created.push((JSON.parse(answer) as { run: { info: { run_id: string } } }).run.info.run_id);
  }
  return created;
}

const steps = (n: number) => Array.from({ length: points }, (_, index) => n * points + index);
const searchBody = { experiment_ids: ['0'], filter: 'metrics.metric_3 > 0.5', order_by: ['metrics.metric_3 DESC'] };

function restDoor(name: string, origin: string): Door {
  const api = `${origin}/api/2.0/mlflow`;
  return {
    name,
    logBatch: (run_id, n) =>
      post(`${api}/runs/log-batch`, {
        run_id,
        metrics: steps(n).map((step) => ({ key: 'loss', value: Math.sqrt(step), step, timestamp: step })),
      }),
    search: (seconds) => load(`${api}/runs/search`, { ...searchBody, max_results: 100 }, { connections: 1, seconds }),
    async history(run) {
      for (let token: string | undefined = ''; token !== undefined;) {
        const query = new URLSearchParams({ run_id: run, metric_key: 'curve', max_results: '25000', ...(token && { page_token: token }) });
        const response = await fetch(`${api}/metrics/get-history?${query.toString()}`);
        const page = (await response.json()) as { metrics: unknown[]; next_page_token?: string };
        if (page.metrics.length === 0) throw new Error(`${name}: a page without points`);
        token = page.next_page_token;
      }
    },
  };
}

const logDocument = 'mutation($input: LogMetricsInput!) { logMetrics(input: $input) { pointsAccepted userErrors { message } } }';
const searchDocument = `query($filter: RunFilter, $orderBy: [RunOrder!]) { runs(first: 100, filter: $filter, orderBy: $orderBy) {
  nodes { id name status startedAt params { key value } metrics { key value step } tags { key value } } pageInfo { hasNextPage endCursor } } }`;
const searchVariables = {
  filter: { metric: { key: 'metric_3', aggregate: 'LAST', value: { gt: 0.5 } } },
  orderBy: [{ metric: { key: 'metric_3', aggregate: 'LAST' }, direction: 'DESC' }],
};

function graphqlDoor(url: string): Door {
  const ids = new Map<string, Promise<string>>();
  const idOf = async (run: string) => {
    const answer = await post(url, { query: `{ run(by: { nativeId: "${run}" }) { id } }` });
    return (JSON.parse(answer) as { data: { run: { id: string } } }).data.run.id;
  };
  return {
    name: 'GraphQL',
    async logBatch(run, n) {
      if (!ids.has(run)) ids.set(run, idOf(run));
      const series = [{ key: 'loss', values: steps(n).map(Math.sqrt), steps: steps(n), timestamps: steps(n) }];
      const answer = await post(url, { query: logDocument, variables: { input: { run: await ids.get(run), series } } });
      if (!answer.includes(`"pointsAccepted":${points}`)) throw new Error(answer);
    },
    search: (seconds) => load(url, { query: searchDocument, variables: searchVariables }, { connections: 1, seconds }),
    history: (run) =>
      post(url, { query: `{ run(by: { nativeId: "${run}" }) { series(keys: ["curve"], sampling: NONE) { steps timestamps values } } }` }),
  };
}

const whole = (value: number) => Math.round(value).toLocaleString('en');

function print(name: string, { pointsPerSecond, search, historyMs }: Measured, theirs: Measured | null): void {
  const against = (value: (of: Measured) => number, isTime = false) => {
    const mine = value({ pointsPerSecond, search, historyMs });
    return theirs ? `ours ${isTime ? ratio(value(theirs), mine) : ratio(mine, value(theirs))}${isTime ? ' as fast' : ''}` : undefined;
  };
  clients.forEach((count, index) =>
    report(
      `${name}: batches of 1,000, clients: ${count}: points/s`,
      whole(pointsPerSecond[index]!),
      against((of) => of.pointsPerSecond[index]!),
    ),
  );
  report(
    `${name}: search of 100 runs: requests/s (p50 / p99 ms)`,
    `${search.requestsPerSecond.toFixed(1)} (${search.p50Ms} / ${search.p99Ms})`,
    against((of) => of.search.requestsPerSecond),
  );
  curves.forEach((length, index) =>
    report(
      `${name}: history of ${length.toLocaleString('en')} points: ms`,
      historyMs[index]!.toFixed(0),
      against((of) => of.historyMs[index]!, true),
    ),
  );
}

/** How long others wait while all 1,000 runs are read and written. */
async function reportBlocks(engine: string, origin: string): Promise<void> {
  const body = { ...searchBody, filter: '', max_results: runs };
  const { idle, busy } = await healthWhile(origin, () => post(`${origin}/api/2.0/mlflow/runs/search`, body));
  report(
    `${engine}, RunGraph: /healthz beside searches of 1,000 runs: ms, p50 / p99 / max`,
    `${busy.join(' / ')}`,
    `alone ${idle.join(' / ')}`,
  );
}
