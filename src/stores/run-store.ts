import type { NativeRef } from '../core/ids.js';
import type { KeyedColumns, MetricColumns } from '../core/metric-columns.js';
import type { DoubleCondition, KeyedCondition, LongCondition, StringCondition, TimeCondition } from './conditions.js';
import type { Page, PageRequest, SortDirection } from './page.js';

/** Tags that MLflow keeps equal to a column, or that stand for a relation. */
export const runTags = { name: 'mlflow.runName', user: 'mlflow.user', parent: 'mlflow.parentRunId', note: 'mlflow.note.content' } as const;

export type LifecycleStage = 'ACTIVE' | 'DELETED';
export type RunStatus = 'SCHEDULED' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED' | 'STALE' | 'UNKNOWN';
export type Aggregate = 'LAST' | 'MIN' | 'MAX';

/** One run of one source, without its params, tags, metrics and inputs. Times are ms since the epoch, UTC. */
export interface RunRecord extends NativeRef {
  readonly name: string;
  readonly experimentId: string | null;
  readonly status: RunStatus;
  readonly lifecycleStage: LifecycleStage;
  readonly artifactLocation: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly user: string | null;
}

export interface ExperimentRecord extends NativeRef {
  readonly name: string;
  readonly lifecycleStage: LifecycleStage;
  readonly artifactLocation: string | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

export interface KeyValueRecord {
  readonly key: string;
  readonly value: string;
}

/** The latest point of a metric and its extremes; null extremes: every point is NaN. Steps of the extremes are the smallest that have the value. */
export interface MetricRecord {
  readonly key: string;
  readonly value: number;
  readonly step: bigint;
  readonly timestamp: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly minStep: bigint | null;
  readonly maxStep: bigint | null;
  readonly count: bigint;
}

export interface DatasetInputRecord {
  readonly name: string;
  readonly digest: string;
  readonly context: string | null;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
  readonly tags: readonly KeyValueRecord[];
}

/** What hangs on a run, each ordered by key (inputs by name, then digest). */
export interface RunParts {
  readonly params: readonly KeyValueRecord[];
  readonly tags: readonly KeyValueRecord[];
  readonly metrics: readonly MetricRecord[];
  readonly inputs: readonly DatasetInputRecord[];
}

/** Which keys of a part are wanted: all, or these. */
export type KeySelection = 'all' | readonly string[];

/** Which parts of runs are wanted; a part that is not named is not read. */
export interface PartSelection {
  readonly params?: KeySelection;
  readonly tags?: KeySelection;
  readonly metrics?: KeySelection;
  /** Whether min, max, their steps and the count are wanted too; they cost more than the latest point. */
  readonly extremes?: boolean;
  readonly inputs?: boolean;
}

export interface RefCondition {
  readonly eq?: NativeRef;
  readonly neq?: NativeRef;
  readonly in?: readonly NativeRef[];
  readonly nin?: readonly NativeRef[];
}

export interface MetricCondition {
  readonly key: string;
  readonly aggregate?: Aggregate | null;
  readonly value?: DoubleCondition | null;
  readonly exists?: boolean | null;
}

/** All given members hold together. Runs of every lifecycle stage match unless `lifecycleStage` says one. */
export interface RunFilter {
  readonly and?: readonly RunFilter[] | null;
  readonly or?: readonly RunFilter[] | null;
  readonly not?: RunFilter | null;
  readonly id?: RefCondition | null;
  readonly experimentId?: RefCondition | null;
  readonly parentId?: RefCondition | null;
  readonly source?: StringCondition | null;
  readonly name?: StringCondition | null;
  readonly experiment?: StringCondition | null;
  readonly user?: StringCondition | null;
  readonly nativeId?: StringCondition | null;
  readonly artifactLocation?: StringCondition | null;
  readonly status?: { readonly eq?: RunStatus | null; readonly neq?: RunStatus | null; readonly in?: readonly RunStatus[] | null } | null;
  readonly lifecycleStage?: LifecycleStage | null;
  readonly startedAt?: TimeCondition | null;
  readonly endedAt?: TimeCondition | null;
  readonly durationMs?: LongCondition | null;
  readonly metric?: MetricCondition | null;
  readonly param?: KeyedCondition | null;
  readonly tag?: KeyedCondition | null;
  readonly dataset?: {
    readonly name?: StringCondition | null;
    readonly digest?: StringCondition | null;
    readonly context?: StringCondition | null;
  } | null;
}

export type RunOrderField =
  'STARTED_AT' | 'ENDED_AT' | 'NAME' | 'STATUS' | 'DURATION' | 'EXPERIMENT' | 'USER' | 'NATIVE_ID' | 'ARTIFACT_LOCATION';

/** One sort term. In both directions values come first, then NaN, then missing. */
export type RunOrder = { readonly direction: SortDirection } & (
  | { readonly by: 'field'; readonly field: RunOrderField }
  | { readonly by: 'metric'; readonly key: string; readonly aggregate: Aggregate }
  | { readonly by: 'param'; readonly key: string; readonly as: 'NUMBER' | 'STRING' }
  | { readonly by: 'tag'; readonly key: string }
);

export interface RunQuery {
  readonly filter: RunFilter;
  readonly orderBy: readonly RunOrder[];
}

export interface ExperimentFilter {
  readonly and?: readonly ExperimentFilter[] | null;
  readonly or?: readonly ExperimentFilter[] | null;
  readonly not?: ExperimentFilter | null;
  readonly id?: RefCondition | null;
  readonly source?: StringCondition | null;
  readonly name?: StringCondition | null;
  readonly nativeId?: StringCondition | null;
  readonly lifecycleStage?: LifecycleStage | null;
  readonly createdAt?: TimeCondition | null;
  readonly updatedAt?: TimeCondition | null;
  readonly tag?: KeyedCondition | null;
}

/** `NUMBER` is the id as a number, `NATIVE_ID` as a text. */
export type ExperimentOrderField = 'NAME' | 'CREATED_AT' | 'UPDATED_AT' | 'NATIVE_ID' | 'NUMBER';

export interface ExperimentQuery {
  readonly filter: ExperimentFilter;
  readonly orderBy: readonly { readonly field: ExperimentOrderField; readonly direction: SortDirection }[];
}

export type GroupField = 'EXPERIMENT' | 'STATUS' | 'SOURCE' | 'USER';
export type GroupTerm = { readonly by: 'param' | 'tag'; readonly key: string } | { readonly by: 'field'; readonly field: GroupField };
export interface MetricTerm {
  readonly key: string;
  readonly aggregate: Aggregate;
}

export interface GroupQuery {
  readonly filter: RunFilter;
  readonly by: readonly GroupTerm[];
  readonly metrics: readonly MetricTerm[];
  readonly best: MetricTerm | null;
  readonly bestDirection: SortDirection;
}

/** Mean and spread of one metric over the runs of a group; NaN and missing values are left out of all of it. */
export interface GroupMetric {
  readonly key: string;
  readonly count: number;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Sum of squared distances from the mean, so that groups of several sources can be put together. */
  readonly squares: number;
}

export interface RunGroupRecord {
  /** One entry per term, null where the run has no such param or tag. */
  readonly key: readonly (string | null)[];
  readonly count: number;
  readonly metrics: readonly GroupMetric[];
  readonly best: (NativeRef & { readonly value: number }) | null;
}

/** Which points of which metrics. Step bounds are inclusive; `from` is inclusive, `to` exclusive (ms since the epoch). */
export interface SeriesRange {
  readonly fromStep?: bigint | null;
  readonly toStep?: bigint | null;
  readonly from?: number | null;
  readonly to?: number | null;
}

export interface SeriesQuery extends SeriesRange {
  readonly runId: string;
  readonly keys: KeySelection;
  /** Leaves out keys that do not match. */
  readonly match?: StringCondition | null;
  readonly sampling: Sampling;
  readonly maxPoints: number;
  /** Leaves out points that came after this position of the run. */
  readonly upTo?: bigint | null;
  /** Whether the answer's position will be used; where it is dear to find out, it is 0 otherwise. */
  readonly isContinued?: boolean;
}

export type Sampling = 'NONE' | 'MIN_MAX' | 'LTTB' | 'NEAREST';

export interface SeriesRecord extends KeyedColumns {
  readonly totalPoints: number;
  readonly sampled: boolean;
}

export interface SeriesAnswer {
  readonly series: readonly SeriesRecord[];
  /** Position of the last point of the run the answer knows of: where a tail continues. */
  readonly position: bigint;
}

/** A point's place in a history, which orders by time, step and value as MLflow keeps it (NaN is a 0 that comes after the others). */
export interface HistoryPosition {
  /** Milliseconds since the epoch. */
  readonly timestamp: bigint;
  readonly step: bigint;
  readonly value: number;
}

export interface HistoryQuery {
  readonly runId: string;
  readonly key: string;
  /** Leaves out this point and those before it. */
  readonly after: HistoryPosition | null;
  /** Null: all there are. */
  readonly limit: number | null;
}

/** A page of one metric's points. */
export interface HistoryPage {
  readonly points: MetricColumns;
  readonly hasMore: boolean;
}

/** Points spread evenly over one metric's history in the order of steps; step bounds are inclusive. */
export interface SpreadQuery extends Pick<SeriesRange, 'fromStep' | 'toStep'> {
  readonly runId: string;
  readonly key: string;
  readonly maxPoints: number;
}

/** Reads one source. Every method is a fixed number of short statements. */
export interface RunStore {
  page(query: RunQuery, request: PageRequest): Promise<Page<RunRecord>>;
  /** The first `limit` runs of each experiment that match, in the order of `experimentIds`. */
  firstPages(query: RunQuery, experimentIds: readonly string[], limit: number): Promise<readonly Page<RunRecord>[]>;
  count(filter: RunFilter): Promise<number>;
  runsByIds(ids: readonly string[]): Promise<readonly RunRecord[]>;
  /** Parts of the runs, in the order of `ids`; parts that were not selected are absent. */
  parts(ids: readonly string[], selection: PartSelection): Promise<readonly Partial<RunParts>[]>;
  groups(query: GroupQuery): Promise<readonly RunGroupRecord[]>;
  series(query: SeriesQuery): Promise<SeriesAnswer>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  /** The first of each of `maxPoints` equal parts and the last of all; no more than `maxPoints`, at least the last. */
  spread(query: SpreadQuery): Promise<MetricColumns>;
  experimentPage(query: ExperimentQuery, request: PageRequest): Promise<Page<ExperimentRecord>>;
  experimentCount(filter: ExperimentFilter): Promise<number>;
  experimentsByIds(ids: readonly string[]): Promise<readonly ExperimentRecord[]>;
  experimentTags(ids: readonly string[]): Promise<readonly (readonly KeyValueRecord[])[]>;
  keys(experimentId: string, kind: 'metric' | 'param', startsWith: string, limit: number): Promise<readonly string[]>;
}
