import type { RunGraph } from '@rungraph/sdk';
import { chooseColumns, likelyDirection } from '../model/columns.js';
import { toRunFilter } from '../model/condition.js';
import { NewestKeysDocument, RowsDocument, type Row, type RowsPage, type RowsVariables, type SourceAnswer } from '../model/documents.js';
import { toRunOrder } from '../model/order.js';
import type { MetricColumn, View } from '../model/view.js';
import { isAbort, partOf, toFailure } from './failure.js';
import type { RunListState } from './run-list.js';
import type { Store } from './store.js';

/** Reads the rows of the list into its state. */
export interface RowReader {
  /** Reads from the first row on; what is still being read is given up. */
  read(): Promise<void>;
  /** Reads all rows again that are there, as far as one page reaches. */
  readAgain(): Promise<void>;
  /** Reads the next page, unless something is being read or there is none. */
  readNext(): Promise<void>;
  /** Reads some rows again. @returns whether all of them still match */
  readRows(ids: readonly string[]): Promise<boolean>;
  /** The best runs that match, by one metric. */
  best(count: number, column: MetricColumn): Promise<readonly Row[]>;
  /** Has the columns chosen anew with the next reading, where the reader of the page has chosen none. */
  forgetColumns(): void;
  close(): void;
}

/** Rows that are read at first, and with each page that follows. The server answers up to 1,000. */
const pageSize = 100;
const nextPageSize = 250;
const maxPageSize = 1_000;

/** Reads what the view asks for. */
export function createRowReader(client: RunGraph, view: Store<View>, state: Store<RunListState>): RowReader {
  let asking = new AbortController();
  let cursor: string | null = null;
  let chosen: readonly MetricColumn[] = [];

  const columnsNow = async (signal: AbortSignal): Promise<readonly MetricColumn[]> => {
    const { columns, search, conditions } = view.get();
    if (columns) return columns;
    if (chosen.length === 0) {
      const { runs } = await client.query(NewestKeysDocument, { filter: toRunFilter(search, conditions) }, { signal });
      chosen = chooseColumns(runs.nodes.flatMap(({ metrics }) => metrics.map(({ key }) => key)));
    }
    return chosen;
  };
  const readFirst = async (first: number): Promise<void> => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    state.set({ isLoading: true });
    try {
      state.set({ columns: await columnsNow(signal) });
      const { runs } = await client.query(RowsDocument, { ...variablesOf(view, state), first, withCount: true }, { signal });
      // What comes too late, because something else was asked for meanwhile, is thrown away.
      if (!signal.aborted) take(runs, first);
    } catch (error) {
      if (!signal.aborted && !isAbort(error)) fail(error);
    }
  };
  const take = ({ nodes, pageInfo, sources, totalCount }: RowsPage, first: number) => {
    state.set({ sources, totalCount: totalCount ?? null, isLoading: false, hasAnswer: true, failure: null });
    // What lies beyond the largest page stays as it was read: who has scrolled there is not thrown back.
    const rest = first < maxPageSize ? [] : state.get().rows.slice(first);
    state.set({ rows: joined(nodes, rest) });
    if (rest.length > 0) return;
    state.set({ hasNext: pageInfo.hasNextPage });
    cursor = pageInfo.endCursor;
  };
  const fail = (error: unknown) => {
    const sources = partOf<{ runs: { sources: SourceAnswer[] } | null }>(error)?.runs?.sources;
    state.set({ isLoading: false, failure: toFailure(error), ...(sources && { sources }) });
  };

  return {
    read: () => readFirst(pageSize),
    readAgain: () => readFirst(Math.min(maxPageSize, Math.max(pageSize, state.get().rows.length))),
    async readNext() {
      const { isLoading, hasNext } = state.get();
      if (isLoading || !hasNext || cursor === null) return;
      const { signal } = asking;
      state.set({ isLoading: true });
      try {
        const { runs } = await client.query(RowsDocument, { ...variablesOf(view, state), first: nextPageSize, after: cursor }, { signal });
        if (signal.aborted) return;
        cursor = runs.pageInfo.endCursor ?? cursor;
        state.set({ rows: joined(state.get().rows, runs.nodes), hasNext: runs.pageInfo.hasNextPage, isLoading: false, failure: null });
      } catch (error) {
        if (!signal.aborted && !isAbort(error)) fail(error);
      }
    },
    async readRows(ids) {
      const variables = variablesOf(view, state);
      const filter = both(variables.filter, { id: { in: [...ids] } });
      const { runs } = await client.query(RowsDocument, { ...variables, filter, first: ids.length });
      const found = new Map(runs.nodes.map((row) => [row.id, row]));
      state.set({ rows: state.get().rows.map((row) => found.get(row.id) ?? row) });
      return found.size === ids.length;
    },
    async best(count, { key, aggregate }) {
      const variables = variablesOf(view, state);
      const orderBy = [{ metric: { key, aggregate }, direction: likelyDirection(view.get(), { key, aggregate }) }];
      const filter = both(variables.filter, { metric: { key, aggregate, value: { isNaN: false } } });
      return (await client.query(RowsDocument, { ...variables, filter, orderBy, first: count })).runs.nodes;
    },
    forgetColumns() {
      chosen = [];
    },
    close: () => asking.abort(),
  };
}

/** The list that the view asks for, with the metrics and params that are shown. */
function variablesOf(view: Store<View>, state: Store<RunListState>): Omit<RowsVariables, 'first'> {
  const { order, search, conditions } = view.get();
  const metrics = state.get().columns.map(({ key }) => key);
  return {
    filter: toRunFilter(search, conditions),
    orderBy: toRunOrder(order),
    metrics: [...new Set(order.by === 'metric' ? [...metrics, order.key] : metrics)],
    params: order.by === 'param' ? [order.key] : [],
  };
}

type Filter = NonNullable<RowsVariables['filter']>;
const both = (one: Filter | undefined, other: Filter): Filter => (one ? { and: [one, other] } : other);

/** Rows and those that follow; a row that moved meanwhile is kept where it came first. */
function joined(rows: readonly Row[], following: readonly Row[]): readonly Row[] {
  const known = new Set(rows.map(({ id }) => id));
  return following.length === 0 ? rows : [...rows, ...following.filter(({ id }) => !known.has(id))];
}
