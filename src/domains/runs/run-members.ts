import { fail } from '../../core/errors.js';
import type { NativeRef } from '../../core/ids.js';
import type { RunFilter } from '../../stores/run-store.js';
import { requireAnswers } from '../../stores/sources.js';
import type { SortPosition } from '../../stores/page.js';
import type { Context } from './context.js';
import { toRunNode, type RunNode } from './run-node.js';
import { toRunOrder } from './run-query.js';

export type RunKey = NativeRef;

/** Runs of one source a filter of events may match: who asks to be told when runs begin and cease to match has them all remembered. */
const maxMembers = 100_000;
const membersPerRead = 1_000;

/** Which runs of one source match a filter, as it was last told. */
export interface RunMembers {
  /** Looks who matches now, unless it did. @throws QUERY_TOO_COMPLEX when they are too many, or when the source is down */
  load(): Promise<void>;
  /** Runs of which it would now be said otherwise. */
  differences(): Promise<RunKey[]>;
  /** Notes whether a run matches now; answers what changed by that. */
  change(name: string, matches: boolean): 'ENTERED' | 'LEFT' | null;
}

export function createRunMembers(context: Context, filter: RunFilter, source: string): RunMembers {
  const ofSource: RunFilter = { and: [filter], source: { eq: source } };
  let names: Set<string> | null = null;
  return {
    async load() {
      names ??= await allMatching(context, ofSource);
    },
    async differences() {
      const before = names ?? new Set<string>();
      const now = await allMatching(context, ofSource);
      return [...[...now].filter((name) => !before.has(name)), ...[...before].filter((name) => !now.has(name))].map(keyOf);
    },
    change(name, matches) {
      names ??= new Set();
      if (matches === names.has(name)) return null;
      if (matches) names.add(name);
      else names.delete(name);
      return matches ? 'ENTERED' : 'LEFT';
    },
  };
}

async function allMatching({ stores }: Context, filter: RunFilter): Promise<Set<string>> {
  const names = new Set<string>();
  let after: SortPosition | null = null;
  do {
    const page = await stores.runs.page(
      { filter, orderBy: toRunOrder(null) },
      { limit: membersPerRead, backward: false, after, before: null },
    );
    requireAnswers(page.sources); // no answer is not the same as no runs
    for (const { record } of page.rows) names.add(nameOfRun(record));
    if (names.size > maxMembers)
      throw fail(
        'QUERY_TOO_COMPLEX',
        `The filter matches more than ${maxMembers} runs; narrow it, or leave it out to be told everything.`,
        {
          argument: 'filter',
        },
      );
    after = page.hasMore ? page.rows.at(-1)!.position : null;
  } while (after);
  return names;
}

/** Runs by `source NUL native id`: as they are now, and those among them that match. Runs that are gone are absent. */
export interface MatchedRuns {
  readonly all: ReadonlyMap<string, RunNode>;
  readonly matching: ReadonlyMap<string, RunNode>;
}

/** Looks which of the runs match now. */
export async function runsMatching({ stores }: Context, filter: RunFilter | null, keys: readonly RunKey[]): Promise<MatchedRuns> {
  const refs = [...new Map(keys.map((key) => [nameOfRun(key), key])).values()];
  if (refs.length === 0) return { all: new Map(), matching: new Map() };
  const records = (await stores.runs.runs(refs)).filter((record) => record !== null);
  const all = new Map(records.map((record) => [nameOfRun(record), toRunNode(record)]));
  if (!filter) return { all, matching: all };
  const query = { filter: { and: [filter], id: { in: refs } }, orderBy: toRunOrder(null) };
  const page = await stores.runs.page(query, { limit: refs.length, backward: false, after: null, before: null });
  requireAnswers(page.sources); // or the events of runs that could not be read would be passed over
  return { all, matching: new Map(page.rows.map(({ record }) => [nameOfRun(record), all.get(nameOfRun(record)) ?? toRunNode(record)])) };
}

const keyOf = (name: string): RunKey => {
  const [source, nativeId] = name.split('\0') as [string, string];
  return { source, nativeId };
};

export const nameOfRun = ({ source, nativeId }: NativeRef): string => `${source}\0${nativeId}`;
