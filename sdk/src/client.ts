import { requestFile, type DownloadOptions, type UploadedArtifact, type UploadOptions } from './artifacts.js';
import type { Given, Requester, SubscribeOptions, Subscriber, TypedDocument } from './document.js';
import { accepted, NetworkError, RequestFailed, RuleBroken } from './errors.js';
import { ExitFlush } from './exit-flush.js';
import {
  CreateExperimentDocument,
  CreateRunDocument,
  DeleteRunDocument,
  DeleteTagsDocument,
  ExperimentDocument,
  ExperimentsDocument,
  ModelVersionsDocument,
  RunArtifactsDocument,
  RegisteredModelsDocument,
  RestoreRunDocument,
  RunDocument,
  RunGroupsDocument,
  RunsDocument,
  RunSeriesDocument,
  SetTagsDocument,
  SourcesDocument,
  UpdateExperimentDocument,
  UpdateRunDocument,
  type ExperimentsQueryVariables,
  type MetricPointsInput,
  type ModelVersionsQueryVariables,
  type RegisteredModelsQueryVariables,
  type RunArtifactsQueryVariables,
  type RunBy,
  type RunFilter,
  type RunGroupsQueryVariables,
  type RunsQueryVariables,
} from './generated/operations.js';
import { send, type RequestOptions } from './http.js';
import { interruptible } from './interruptible.js';
import { listing, type Listing, type PageArgs, type PageOf } from './pages.js';
import { newIdempotencyKey, RunWriter, toKeyValues, type TextValue } from './run-writer.js';
import { stream, type LiveEndpoint } from './subscription.js';
import type {
  Artifact,
  Experiment,
  ExperimentChanges,
  ExperimentDetails,
  ModelVersion,
  NewExperiment,
  NewRun,
  Ref,
  RegisteredModel,
  Run,
  RunChanges,
  RunDetails,
  RunGraphOptions,
  RunGroup,
  Series,
  SeriesOptions,
  Source,
} from './types.js';
import {
  watchEvents,
  watchLines,
  watchPoints,
  type ResumeControl,
  type WatchControl,
  type WatchedBatch,
  type WatchedEvent,
  type WatchedLines,
} from './watch.js';

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
  readonly #endpoint: LiveEndpoint;
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

  /**
   * What is directly below a folder of a run, its own without a `path`.
   * @throws RequestFailed NOT_FOUND when there is no such run or path; SOURCE_UNAVAILABLE when its place cannot be reached
   * @example
   * for await (const { path, bytes } of client.artifacts.all({ by: { id: runId }, path: 'checkpoints' })) console.log(path, bytes);
   */
  readonly artifacts: Listing<RunArtifactsQueryVariables, Artifact>;

  constructor({
    url = 'http://127.0.0.1:4000/graphql',
    token,
    fetch = globalThis.fetch,
    webSocket,
    transport = 'websocket',
    headers,
    timeoutMs = 60_000,
    keepAliveMs = 12_000,
    retryForMs = 120_000,
  }: RunGraphOptions = {}) {
    const page = (globalThis as { location?: { href: string } }).location?.href;
    if (!URL.canParse(url, page)) throw new NetworkError(`${url} is no URL.`);
    const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#endpoint = {
      url,
      socketUrl: new URL(url, page).href.replace(/^http/, 'ws'),
      headers: { ...authorization, ...headers },
      // `fetch` must not be called as a method of something else than its window.
      fetch: (...args) => fetch(...args),
      webSocket,
      transport,
      timeoutMs,
      keepAliveMs,
    };
    this.#retryForMs = retryForMs;
    this.runs = this.list(RunsDocument, ({ runs }) => runs);
    this.experiments = this.list(ExperimentsDocument, ({ experiments }) => experiments);
    this.registeredModels = this.list(RegisteredModelsDocument, ({ registeredModels }) => registeredModels);
    this.artifacts = this.list(RunArtifactsDocument, ({ run }) => run?.artifacts);
    this.modelVersions = this.list(ModelVersionsDocument, ({ modelVersions }) => modelVersions);
  }

  /**
   * Sends any typed document: one of the SDK's (`RunsDocument`), or a `TypedDocumentString` of your own generator, whose
   * scalars come as they are on the wire. Queries, and mutations with an `idempotencyKey`, are sent again up to three
   * times when the server cannot be reached or is too busy. `userErrors` of mutations are part of the answer.
   * @throws RequestFailed what the server refused, with the data it could answer; NetworkError when it cannot be reached
   * @example
   * const { deleteRun } = await client.query(DeleteRunDocument, { input: { run: runId } });
   */
  query<Result, Variables>(document: TypedDocument<Result, Variables>, ...given: Given<Variables, RequestOptions>): Promise<Result> {
    const [variables, options] = given as [Variables?, RequestOptions?];
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
    ...given: Given<Variables, SubscribeOptions>
  ): AsyncGenerator<Result, void, undefined> {
    const [variables, options] = given as [Variables?, SubscribeOptions?];
    return interruptible(options?.signal, (signal) => stream(this.#endpoint, document, variables, { signal }));
  }

  /**
   * The list that any document asks for a page of, one of the SDK's or your own, at whatever depth: it can then be read by
   * page or row by row. The document takes `$after`, and `$first` if it is to have a page size.
   * @param connection where in the answer the page is: `nodes` and a `pageInfo` with `hasNextPage` and `endCursor`. Null or
   * undefined, where what holds the list does not exist, is thrown as NOT_FOUND
   * @example
   * const children = client.list(RunChildrenDocument, ({ run }) => run?.children);
   * for await (const child of children.all({ by: { id: runId } })) console.log(child.name);
   */
  list<Result, Args extends PageArgs, P extends PageOf<unknown>>(
    document: TypedDocument<Result, Args>,
    connection: (result: Result) => P | null | undefined,
  ): Listing<Args, P['nodes'][number], P> {
    return listing(this, document, connection);
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
  async createRun({ experiment, params, tags, parent, startedAt = new Date(), idempotencyKey, ...rest }: NewRun): Promise<RunWriter> {
    const input = {
      ...rest,
      experiment: await this.#experimentId(experiment),
      params: toKeyValues(params),
      tags: toKeyValues(tags),
      parent: parent && idOf(parent),
      startedAt,
      idempotencyKey: idempotencyKey ?? newIdempotencyKey(),
    };
    const { run } = accepted((await this.query(CreateRunDocument, { input })).createRun);
    return new RunWriter(run!, {
      request: (document, variables, options) => send(this.#endpoint, document, variables, options),
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
   * Changes the name, note, status or end of a run.
   * @throws RuleBroken
   * @example
   * await client.updateRun(runId, { name: 'lr=0.1, repeated', note: 'With the *new* data.' });
   */
  async updateRun(run: Ref, changes: RunChanges): Promise<Run> {
    const input = { ...changes, run: idOf(run) };
    return accepted((await this.query(UpdateRunDocument, { input }, repeatable)).updateRun).run!;
  }

  /**
   * Marks a run deleted; it can be restored.
   * @throws RuleBroken
   * @example
   * await client.deleteRun(runId);
   */
  async deleteRun(run: Ref): Promise<void> {
    accepted((await this.query(DeleteRunDocument, { input: { run: idOf(run) } })).deleteRun);
  }

  /**
   * Makes a deleted run active again.
   * @throws RuleBroken
   * @example
   * await client.restoreRun(runId);
   */
  async restoreRun(run: Ref): Promise<void> {
    accepted((await this.query(RestoreRunDocument, { input: { run: idOf(run) } })).restoreRun);
  }

  /**
   * Sets tags of a run: all of them, or none when one is refused. A tag that is there gets the new value.
   * @throws RuleBroken
   * @example
   * await client.setTags(runId, { stage: 'candidate' });
   */
  async setTags(run: Ref, tags: Readonly<Record<string, TextValue>>): Promise<void> {
    const input = { run: idOf(run), tags: toKeyValues(tags) };
    accepted((await this.query(SetTagsDocument, { input }, repeatable)).setTags);
  }

  /**
   * Deletes tags of a run: all of them, or none when one is missing.
   * @throws RuleBroken
   * @example
   * await client.deleteTags(runId, ['stage']);
   */
  async deleteTags(run: Ref, keys: readonly string[]): Promise<void> {
    accepted((await this.query(DeleteTagsDocument, { input: { run: idOf(run), keys: [...keys] } })).deleteTags);
  }

  /**
   * Renames an experiment, or sets tags of it.
   * @throws RuleBroken
   * @example
   * await client.updateExperiment(experimentId, { name: 'wine, 2026', tags: { owner: 'ada' } });
   */
  async updateExperiment(experiment: Ref, { name, tags }: ExperimentChanges): Promise<Experiment> {
    const input = { experiment: idOf(experiment), name, tags: tags && toKeyValues(tags) };
    return accepted((await this.query(UpdateExperimentDocument, { input }, repeatable)).updateExperiment).experiment!;
  }

  /**
   * A file that a run keeps: the response, whose body is read as it comes. It is not sent again when it breaks off; go on with
   * `range`.
   * @throws RequestFailed NOT_FOUND when there is no such run or file; NetworkError
   * @example
   * const report = await (await client.download(runId, 'report.json')).json();
   */
  download(run: Ref, path: string, { range, signal }: DownloadOptions = {}): Promise<Response> {
    const headers: Record<string, string> = range ? { range: `bytes=${range[0]}-${range[1] ?? ''}` } : {};
    return requestFile(this.#endpoint, this, idOf(run), { path, headers, signal: signal ?? null });
  }

  /**
   * Writes a file of a run, or writes it anew: nobody sees it before it is whole, and nothing of it is kept when it breaks off.
   * @param body whatever `fetch` sends; a stream is sent as it comes, which browsers may not be able to do
   * @throws RequestFailed with the codes of broken rules; NetworkError
   * @example
   * const { sha256 } = await client.upload(runId, 'report.json', JSON.stringify({ accuracy: 0.98 }));
   */
  async upload(
    run: Ref,
    path: string,
    body: NonNullable<RequestInit['body']>,
    { sha256, signal }: UploadOptions = {},
  ): Promise<UploadedArtifact> {
    const query = sha256 === undefined ? '' : `?sha256=${encodeURIComponent(sha256)}`;
    const init = {
      method: 'PUT',
      path,
      query,
      body,
      signal: signal ?? null,
      ...(body instanceof ReadableStream && { duplex: 'half' as const }),
    };
    const response = await requestFile(this.#endpoint, this, idOf(run), init);
    return (await response.json()) as UploadedArtifact;
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
    return watchPoints(this.#endpoint, input, control);
  }

  /**
   * What happens to runs, from now on, until the signal is aborted; connects again as {@link watch} does.
   * @param filter which runs; `after` in `control` goes on after the cursor of an event
   * @example
   * for await (const { kind, run } of client.watchRuns({ experiment: { eq: 'wine' } })) console.log(kind, run.name, run.status);
   */
  watchRuns(filter?: RunFilter, control: ResumeControl = {}): AsyncGenerator<WatchedEvent, void, undefined> {
    return watchEvents(this.#endpoint, filter, control);
  }

  /**
   * Lines of the log of a run: what is there, then what comes, until the signal is aborted; connects again as {@link watch} does.
   * @example
   * for await (const { lines } of client.watchLogs(runId)) for (const { level, message } of lines) console.log(level, message);
   */
  watchLogs(run: Ref, control: ResumeControl = {}): AsyncGenerator<WatchedLines, void, undefined> {
    return watchLines(this.#endpoint, idOf(run), control);
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

/** Doing it twice is doing it once. */
const repeatable: RequestOptions = { idempotent: true };

const idOf = (ref: Ref): string => (typeof ref === 'string' ? ref : ref.id);
const toRunBy = (by: string | RunBy): RunBy => (typeof by === 'string' ? { id: by } : by);
