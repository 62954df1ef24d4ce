import type { NativeRef } from '../core/ids.js';
import { isGiven, type StringCondition } from './conditions.js';
import { mergePages, type Page, type PageRequest, type SortDirection } from './page.js';
import { addGroup, sortGroups, type GroupTotals } from './run-groups.js';
import type {
  ExperimentFilter,
  ExperimentQuery,
  ExperimentRecord,
  GroupQuery,
  KeyValueRecord,
  PartSelection,
  RefCondition,
  RunFilter,
  RunGroupRecord,
  RunParts,
  RunQuery,
  RunRecord,
  SeriesAnswer,
  SeriesQuery,
} from './run-store.js';
import { askEach, askOne, requireAnswers, type Source, type SourceAnswer, type Sources } from './sources.js';

/** A page over several sources, with what each of them said. */
export interface MergedPage<T> extends Page<T> {
  readonly sources: readonly SourceAnswer[];
}

/** The runs and experiments of all sources, as if they were one store. */
export interface RunStores {
  page(query: RunQuery, request: PageRequest): Promise<MergedPage<RunRecord>>;
  /** The first runs of each experiment, in the order of `experiments`, each with what its source said. */
  firstPages(query: RunQuery, experiments: readonly NativeRef[], limit: number): Promise<MergedPage<RunRecord>[]>;
  /** Sum over the sources that answer. */
  count(filter: RunFilter): Promise<number>;
  /** In the order of `refs`; null for what does not exist. */
  runs(refs: readonly NativeRef[]): Promise<(RunRecord | null)[]>;
  /** In the order of `refs`; parts that were not selected are absent. */
  parts(refs: readonly NativeRef[], selection: PartSelection): Promise<Partial<RunParts>[]>;
  groups(query: GroupQuery): Promise<RunGroupRecord[]>;
  series(source: string, query: SeriesQuery): Promise<SeriesAnswer>;
  experimentPage(query: ExperimentQuery, request: PageRequest): Promise<MergedPage<ExperimentRecord>>;
  experimentCount(filter: ExperimentFilter): Promise<number>;
  experiments(refs: readonly NativeRef[]): Promise<(ExperimentRecord | null)[]>;
  experimentTags(refs: readonly NativeRef[]): Promise<(readonly KeyValueRecord[])[]>;
  keys(experiment: NativeRef, kind: 'metric' | 'param', startsWith: string, limit: number): Promise<readonly string[]>;
}

export function createRunStores(sources: Sources): RunStores {
  return {
    async page(query, request) {
      const asked = await askEach(concerned(sources, query.filter), (source) => source.runs.page(query, request));
      return merged(asked, query.orderBy, request);
    },
    async firstPages(query, experiments, limit) {
      const pages = new Map<string, MergedPage<RunRecord>>();
      const asked = sources.all.map(async (source) => {
        const ids = [...new Set(experiments.filter((ref) => ref.source === source.name).map(({ nativeId }) => nativeId))];
        return ids.length > 0 ? await firstPagesOf(source, query, ids, limit) : [];
      });
      for (const [key, page] of (await Promise.all(asked)).flat()) pages.set(key, page);
      return experiments.map(({ source, nativeId }) => pages.get(`${source}\0${nativeId}`) ?? { rows: [], hasMore: false, sources: [] });
    },
    async count(filter) {
      const { answers } = await askEach(concerned(sources, filter), (source) => source.runs.count(filter));
      return answers.reduce((sum, count) => sum + count, 0);
    },
    runs: (refs) => bySource(sources, refs, null, async ({ runs }, ids) => indexed(ids, await runs.runsByIds(ids))),
    parts: (refs, selection) => bySource<Partial<RunParts>>(sources, refs, {}, ({ runs }, ids) => runs.parts(ids, selection)),
    async groups(query) {
      const { answers, sources: said } = await askEach(concerned(sources, query.filter), (source) => source.runs.groups(query));
      requireAnswers(said); // a group has no place to say that runs are missing from its counts
      const totals: GroupTotals = new Map();
      for (const group of answers.flat()) addGroup(totals, query, group);
      return sortGroups([...totals.values()], query);
    },
    series: (source, query) => askOne(sources.get(source), ({ runs }) => runs.series(query)),
    async experimentPage(query, request) {
      const asked = await askEach(concerned(sources, query.filter), (source) => source.runs.experimentPage(query, request));
      return merged(asked, query.orderBy, request);
    },
    async experimentCount(filter) {
      const { answers } = await askEach(concerned(sources, filter), (source) => source.runs.experimentCount(filter));
      return answers.reduce((sum, count) => sum + count, 0);
    },
    experiments: (refs) => bySource(sources, refs, null, async ({ runs }, ids) => indexed(ids, await runs.experimentsByIds(ids))),
    experimentTags: (refs) => bySource<readonly KeyValueRecord[]>(sources, refs, [], ({ runs }, ids) => runs.experimentTags(ids)),
    keys: ({ source, nativeId }, kind, startsWith, limit) =>
      askOne(sources.get(source), ({ runs }) => runs.keys(nativeId, kind, startsWith, limit)),
  };
}

async function firstPagesOf(source: Source, query: RunQuery, experimentIds: readonly string[], limit: number) {
  const { answers, sources } = await askEach([source], ({ runs }) => runs.firstPages(query, experimentIds, limit));
  const nothing: Page<RunRecord> = { rows: [], hasMore: false };
  return experimentIds.map((id, index) => [`${source.name}\0${id}`, { ...(answers[0]?.[index] ?? nothing), sources }] as const);
}

export function merged<T>(
  { answers, sources }: { answers: Page<T>[]; sources: SourceAnswer[] },
  orderBy: readonly { readonly direction: SortDirection }[],
  request: PageRequest,
): MergedPage<T> {
  const directions = orderBy.map(({ direction }) => direction);
  const page = answers.length === 0 ? { rows: [], hasMore: false } : mergePages(answers, directions, request);
  return { ...page, sources };
}

interface PlacedFilter {
  readonly and?: readonly PlacedFilter[] | null;
  readonly source?: StringCondition | null;
  readonly id?: RefCondition | null;
  readonly experimentId?: RefCondition | null;
}

/**
 * Sources the filter can match in at all, judged by what it says of sources and ids, alone or in `and`.
 * A source that is down is then no bad news to a question that is not about it.
 */
export const concerned = (sources: Sources, filter: PlacedFilter): readonly Source[] =>
  sources.all.filter(({ name }) => canMatch(filter, name));

function canMatch({ and, source, id, experimentId }: PlacedFilter, name: string): boolean {
  return (
    (!isGiven(source?.eq) || source.eq === name) &&
    (!isGiven(source?.in) || source.in.includes(name)) &&
    [id, experimentId].every(
      (refs) => (!isGiven(refs?.eq) || refs.eq.source === name) && (!isGiven(refs?.in) || refs.in.some((ref) => ref.source === name)),
    ) &&
    (and ?? []).every((inner) => canMatch(inner, name))
  );
}

const indexed = <T extends NativeRef>(ids: readonly string[], records: readonly T[]): (T | null)[] => {
  const byId = new Map(records.map((record) => [record.nativeId, record]));
  return ids.map((id) => byId.get(id) ?? null);
};

/** Asks each source once for all that is its, and answers in the order of `refs`; `absent` stands for what belongs to no known source. */
export async function bySource<T>(
  sources: Sources,
  refs: readonly NativeRef[],
  absent: T,
  ask: (source: Source, ids: readonly string[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const names = [...new Set(refs.map((ref) => ref.source))];
  const found = new Map<string, T>();
  await Promise.all(
    names.map(async (name) => {
      const source = sources.find(name);
      if (!source) return;
      const ids = [...new Set(refs.filter((ref) => ref.source === name).map((ref) => ref.nativeId))];
      const answers = await askOne(source, () => ask(source, ids));
      ids.forEach((id, index) => found.set(`${name}\0${id}`, answers[index]!));
    }),
  );
  return refs.map((ref) => found.get(`${ref.source}\0${ref.nativeId}`) ?? absent);
}
