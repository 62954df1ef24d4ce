import type { Requester, Subscriber, TypedDocument, TypedDocumentString } from './document.js';
import { accepted, NetworkError, RequestFailed, RuleBroken } from './errors.js';
import { ExitFlush } from './exit-flush.js';
import {
  CreateExperimentDocument,
  CreateRunDocument,
  ExperimentDocument,
  ExperimentsDocument,
  ModelVersionsDocument,
  RegisteredModelsDocument,
  RunDocument,
  RunGroupsDocument,
  RunsDocument,
  RunSeriesDocument,
  SourcesDocument,
  type ExperimentFieldsFragment,
  type ExperimentQuery,
  type ExperimentsQueryVariables,
  type MetricPointsInput,
  type ModelVersionFieldsFragment,
  type ModelVersionsQueryVariables,
  type RegisteredModelFieldsFragment,
  type RegisteredModelsQueryVariables,
  type RunBy,
  type RunDetailsFragment,
  type RunFieldsFragment,
  type RunFilter,
  type RunGroupsQuery,
  type RunGroupsQueryVariables,
  type RunSeriesQuery,
  type RunSeriesQueryVariables,
  type RunsQueryVariables,
  type SourceFieldsFragment,
} from './generated/operations.js';
import { send, type Endpoint, type RequestOptions } from './http.js';
import { listing, type Listing } from './pages.js';
import { newIdempotencyKey, RunWriter, toKeyValues, type TextValue } from './run-writer.js';
import { stream, type SocketEndpoint } from './socket.js';
import { watchEvents, watchPoints, type WatchControl, type WatchedBatch, type WatchedEvent } from './watch.js';

/** Where RunGraph is and how it is reached. Everything has a default. */
export interface RunGraphOptions {
  /** Address of the API; `http://127.0.0.1:4000/graphql` by default. In a browser it may be relative. */
  readonly url?: string | undefined;
  /** Token, where the server asks for one. */
  readonly token?: string | undefined;
  /** Another `fetch`, for proxies and tests. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Another `WebSocket` class; before Node 22 the package `ws` is found by itself when it is installed. */
  readonly webSocket?: unknown;
  /** More headers of every request. A browser sends none with a WebSocket. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds one attempt of a request may take; 60,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds a {@link RunWriter} tries again while the server is away; 120,000 by default. */
  readonly retryForMs?: number | undefined;
}

/** A run as lists show it. */
export type Run = RunFieldsFragment;
/** A run with its parent, datasets and registered versions. */
export type RunDetails = RunDetailsFragment;
/** An experiment. */
export type Experiment = ExperimentFieldsFragment;
/** An experiment with the keys its runs have. */
export type ExperimentDetails = NonNullable<ExperimentQuery['experiment']>;
/** A registered model. */
export type RegisteredModel = RegisteredModelFieldsFragment;
/** A version of a registered model. */
export type ModelVersion = ModelVersionFieldsFragment;
/** A place where experiments live. */
export type Source = SourceFieldsFragment;
/** Runs that agree in what they are grouped by. */
export type RunGroup = RunGroupsQuery['runGroups'][number];
/** The history of one metric, as columns. */
export type Series = NonNullable<RunSeriesQuery['run']>['series'][number];

/** Which part of which metrics, and how thinned out; 500 points of each by default, the extremes kept. */
export type SeriesOptions = Omit<RunSeriesQueryVariables, 'by'>;

/** A new experiment. */
export interface NewExperiment {
  readonly name: string;
  /** Source to create it in; `local` by default. */
  readonly source?: string | undefined;
  readonly tags?: Readonly<Record<string, TextValue>> | undefined;
  readonly artifactLocation?: string | undefined;
}

/** A new run. */
export interface NewRun {
  /** Id of an experiment, or the name of one, which is created when it is missing; `source` is `local` by default. */
  readonly experiment: string | { readonly id: string } | { readonly name: string; readonly source?: string };
  readonly name?: string | undefined;
  readonly params?: Readonly<Record<string, TextValue>> | undefined;
  readonly tags?: Readonly<Record<string, TextValue>> | undefined;
  /** The run it is nested in, or its id. */
  readonly parent?: string | { readonly id: string } | undefined;
  readonly user?: string | undefined;
  readonly startedAt?: Date | undefined;
}

/**
 * A client of one RunGraph server.
 *
 * What it answers is decoded: 64-bit integers are always `bigint`, doubles `number` (NaN, ±Infinity and -0 included),
 * instants `Date`, columns `BigInt64Array` and `Float64Array`.
 * @example
 * const client = new RunGraph({ url: 'http://127.0.0.1:4000/graphql' });
 * const { nodes } = await client.runs({ first: 10, orderBy: [{ metric: { key: 'val/loss' }, direction: 'ASC' }] });
 */
export class RunGraph implements Requester, Subscriber {
  readonly #endpoint: Endpoint;
  readonly #socket: SocketEndpoint;
  readonly #retryForMs: number;
  readonly #flushOnExit = new ExitFlush();

  /**
   * Runs of all sources in one order.
   * @example
   * const { nodes, pageInfo } = await client.runs({ filter: { metric: { key: 'val/loss', value: { lt: 0.2 } } } });
   */
  readonly runs: Listing<RunsQueryVariables, Run>;
  /**
   * Experiments of all sources in one order.
   * @example
   * for await (const experiment of client.experiments.all()) console.log(experiment.name);
   */
  readonly experiments: Listing<ExperimentsQueryVariables, Experiment>;
  /**
   * Registered models of all sources.
   * @example
   * const { nodes } = await client.registeredModels();
   */
  readonly registeredModels: Listing<RegisteredModelsQueryVariables, RegisteredModel>;
  /**
   * Versions of registered models of all sources.
   * @example
   * const { nodes } = await client.modelVersions({ filter: { name: { eq: 'wine-classifier' } } });
   */
  readonly modelVersions: Listing<ModelVersionsQueryVariables, ModelVersion>;

  constructor({
    url = 'http://127.0.0.1:4000/graphql',
    token,
    fetch = globalThis.fetch,
    webSocket,
    headers,
    timeoutMs = 60_000,
    retryForMs = 120_000,
  }: RunGraphOptions = {}) {
    const page = (globalThis as { location?: { href: string } }).location?.href;
    if (!URL.canParse(url, page)) throw new NetworkError(`${url} is no URL; give one like http://127.0.0.1:4000/graphql.`);
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    // `fetch` must not be called as a method of something else than its window.
    this.#endpoint = { url, headers: { ...authorization, ...headers }, fetch: (...args) => fetch(...args), timeoutMs };
    this.#socket = { url: new URL(url, page).href.replace(/^http/, 'ws'), connectionParams: { ...authorization, ...headers }, webSocket };
    this.#retryForMs = retryForMs;
    this.runs = listing(async (args) => (await this.query(RunsDocument, args)).runs);
    this.experiments = listing(async (args) => (await this.query(ExperimentsDocument, args)).experiments);
    this.registeredModels = listing(async (args) => (await this.query(RegisteredModelsDocument, args)).registeredModels);
    this.modelVersions = listing(async (args) => (await this.query(ModelVersionsDocument, args)).modelVersions);
  }

  /**
   * Sends any typed document: one of the SDK's (`RunsDocument`), or a `TypedDocumentString` of your own generator, whose
   * scalars come as they are on the wire. Queries, and mutations with an `idempotencyKey`, are sent again up to three
   * times when the server cannot be reached or is too busy. `userErrors` of mutations are part of the answer.
   * @throws RequestFailed what the server refused, with the data it could answer; NetworkError when it cannot be reached
   * @example
   * const { deleteRun } = await client.query(DeleteRunDocument, { input: { run: runId } });
   */
  query<Result, Variables>(document: TypedDocument<Result, Variables>, variables?: Variables, options?: RequestOptions): Promise<Result> {
    return send(this.#endpoint, document, variables, options);
  }

  /**
   * Answers of a subscription, as long as the connection holds. {@link watch} and {@link watchRuns} connect again.
   * @throws RequestFailed, NetworkError
   * @example
   * for await (const { runEvents } of client.subscribe(RunEventsDocument)) console.log(runEvents.kind);
   */
  subscribe<Result, Variables>(
    document: TypedDocument<Result, Variables>,
    variables?: Variables,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<Result, void, undefined> {
    return stream(this.#socket, document, variables, { signal });
  }

  /**
   * One run by its id or a natural key; null when there is none.
   * @example
   * const run = await client.run({ experiment: 'wine', name: 'lr=0.1' });
   */
  async run(by: string | RunBy): Promise<RunDetails | null> {
    return (await this.query(RunDocument, { by: toRunBy(by) })).run;
  }

  /**
   * Histories of the metrics of a run, as columns.
   * @throws RequestFailed NOT_FOUND when there is no such run
   * @example
   * const [loss] = await client.series(runId, { keys: ['train/loss'], sampling: 'NONE' });
   */
  async series(by: string | RunBy, options: SeriesOptions = {}): Promise<Series[]> {
    const { run } = await this.query(RunSeriesDocument, { ...options, by: toRunBy(by) });
    if (!run)
      throw new RequestFailed([{ message: `There is no run ${JSON.stringify(by)}.`, path: ['run'], extensions: { code: 'NOT_FOUND' } }]);
    return run.series;
  }

  /**
   * Runs in groups, each with the spread of metrics and its best run.
   * @example
   * const groups = await client.runGroups({ by: [{ param: 'lr' }], best: { key: 'val/accuracy', aggregate: 'MAX' } });
   */
  async runGroups(args: RunGroupsQueryVariables): Promise<RunGroup[]> {
    return (await this.query(RunGroupsDocument, args)).runGroups;
  }

  /**
   * Every source and how it is.
   * @example
   * for (const { name, state } of await client.sources()) console.log(name, state);
   */
  async sources(): Promise<Source[]> {
    return (await this.query(SourcesDocument)).sources;
  }

  /**
   * One experiment by its id or its name; null when there is none.
   * @example
   * const experiment = await client.experiment({ name: 'wine' });
   */
  async experiment(by: string | { readonly name: string; readonly source?: string }): Promise<ExperimentDetails | null> {
    return (await this.query(ExperimentDocument, typeof by === 'string' ? { id: by } : by)).experiment;
  }

  /**
   * Creates an experiment.
   * @throws RuleBroken ALREADY_EXISTS when there is one of the name
   * @example
   * const experiment = await client.createExperiment({ name: 'wine', tags: { team: 'cellar' } });
   */
  async createExperiment({ tags, ...experiment }: NewExperiment): Promise<Experiment> {
    const input = { ...experiment, tags: toKeyValues(tags), idempotencyKey: newIdempotencyKey() };
    return accepted((await this.query(CreateExperimentDocument, { input })).createExperiment).experiment!;
  }

  /**
   * Creates a run and answers what writes it. Call `finish` at the end, or use {@link withRun}.
   * @throws RuleBroken
   * @example
   * const run = await client.createRun({ experiment: { name: 'wine' }, name: 'lr=0.1', params: { lr: 0.1 } });
   */
  async createRun({ experiment, params, tags, parent, startedAt = new Date(), ...rest }: NewRun): Promise<RunWriter> {
    const input = {
      ...rest,
      experiment: await this.#experimentId(experiment),
      params: toKeyValues(params),
      tags: toKeyValues(tags),
      parent: typeof parent === 'object' ? parent.id : parent,
      startedAt,
      idempotencyKey: newIdempotencyKey(),
    };
    const { run } = accepted((await this.query(CreateRunDocument, { input })).createRun);
    return new RunWriter(run!, {
      request: <Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables, options: RequestOptions) =>
        this.query(document, variables, options),
      retryForMs: this.#retryForMs,
      flushOnExit: this.#flushOnExit,
    });
  }

  /**
   * Creates a run, hands it to `work`, and ends it: FINISHED, or FAILED when `work` throws, whose error is thrown on.
   * @returns what `work` returned
   * @example
   * await client.withRun({ experiment: { name: 'wine' } }, async (run) => {
   *   for (let step = 0; step < 100; step++) await run.log({ loss: Math.exp(-step / 20) });
   * });
   */
  async withRun<T>(options: NewRun, work: (run: RunWriter) => Promise<T> | T): Promise<T> {
    const run = await this.createRun(options);
    let result: T;
    try {
      result = await work(run);
    } catch (error) {
      // What failed first is what the caller must see.
      await run.finish('FAILED').catch(() => undefined);
      throw error;
    }
    await run.finish();
    return result;
  }

  /**
   * Metric points of runs: what is there, then what comes, until the signal is aborted. When the connection breaks it is
   * made again and goes on after the last batch: every point comes once.
   * @throws RequestFailed what the server refuses; NetworkError when it cannot be reached at all
   * @example
   * for await (const { series } of client.watch({ runIds: [runId], keys: ['train/loss'] }, { signal: AbortSignal.timeout(60_000) })) {
   *   for (const { key, values } of series) console.log(key, values.at(-1));
   * }
   */
  watch(input: MetricPointsInput, control: WatchControl = {}): AsyncGenerator<WatchedBatch, void, undefined> {
    return watchPoints(this.#socket, input, control);
  }

  /**
   * What happens to runs of the source `local`, from now on, until the signal is aborted; connects again as {@link watch} does.
   * @param filter which runs; `after` in `control` goes on after the cursor of an event
   * @example
   * for await (const { kind, run } of client.watchRuns({ experiment: { eq: 'wine' } })) console.log(kind, run.name, run.status);
   */
  watchRuns(
    filter?: RunFilter,
    { after, ...control }: WatchControl & { readonly after?: string } = {},
  ): AsyncGenerator<WatchedEvent, void, undefined> {
    return watchEvents(this.#socket, filter, after, control);
  }

  async #experimentId(experiment: NewRun['experiment']): Promise<string> {
    if (typeof experiment === 'string') return experiment;
    if ('id' in experiment) return experiment.id;
    const { name, source = 'local' } = experiment;
    const found = await this.experiment({ name, source });
    if (found) return found.id;
    try {
      return (await this.createExperiment({ name, source })).id;
    } catch (error) {
      // Somebody else was faster.
      const made = error instanceof RuleBroken && error.code === 'ALREADY_EXISTS' ? await this.experiment({ name, source }) : null;
      if (!made) throw error;
      return made.id;
    }
  }
}

const toRunBy = (by: string | RunBy): RunBy => (typeof by === 'string' ? { id: by } : by);
