import type { RunFilter, RunGraph, WatchedEvent } from '@rungraph/sdk';
import { toRunFilter } from '../model/condition.js';
import type { Row, SourceAnswer } from '../model/documents.js';
import { isNewestFirst } from '../model/order.js';
import type { MetricColumn, View } from '../model/view.js';
import { coalesce } from './coalesce.js';
import type { Connection } from './connection.js';
import { toFailure, type Failure } from './failure.js';
import { keepStream, type KeptStream } from './keep-stream.js';
import { lookAgain } from './look-again.js';
import { createRowReader } from './row-reader.js';
import { applyEvents } from './run-events.js';
import { createStore, type Store } from './store.js';

/** The list as it is shown. */
export interface RunListState {
  readonly rows: readonly Row[];
  /** All rows that match; null while it is not known. */
  readonly totalCount: number | null;
  readonly hasNext: boolean;
  readonly isLoading: boolean;
  /** Whether an answer has come at all. */
  readonly hasAnswer: boolean;
  readonly failure: Failure | null;
  /** What each source said last. */
  readonly sources: readonly SourceAnswer[];
  /** Metrics that are shown. */
  readonly columns: readonly MetricColumn[];
  /** Grows when another list was asked for, whose rows are looked at from the top. */
  readonly listed: number;
}

/** The list of runs, kept up to date. */
export interface RunList {
  readonly state: Store<RunListState>;
  /** Reads the next page, unless that is being done or there is none. */
  more(): Promise<void>;
  /** Says which rows are on the screen: their running ones are read again every few seconds. */
  shows(from: number, to: number): void;
  /** Reads the list again soon. */
  refresh(): void;
  /** The best runs of the filter, by the order. */
  best(count: number, column: MetricColumn): Promise<readonly Row[]>;
  /** Calls back with every event of a run. @returns ends the calling */
  onEvent(listener: (event: WatchedEvent) => void): () => void;
  close(): void;
}

/** However many events come, the list is asked for again at most this often. */
const minRefreshMs = 2_000;

/** Events that wait to be applied. */
const maxWaitingEvents = 1_000;

const emptyList: RunListState = {
  rows: [],
  totalCount: null,
  hasNext: false,
  isLoading: true,
  hasAnswer: false,
  failure: null,
  sources: [],
  columns: [],
  listed: 0,
};

/** The list of the runs that the view asks for. */
export function createRunList(client: RunGraph, view: Store<View>, connection: Connection): RunList {
  const state = createStore<RunListState>(emptyList);
  const reader = createRowReader(client, view, state);
  const listeners = new Set<(event: WatchedEvent) => void>();
  let shown: readonly [number, number] = [0, 0];
  const refresh = coalesce(reader.readAgain, { firstMs: 150, minIntervalMs: minRefreshMs });
  const takeEvent = createEventTaker(state, view, refresh.ask);

  let watching = new AbortController();
  const watch = () => {
    watching.abort();
    watching = new AbortController();
    const { search, conditions } = view.get();
    const stream = eventStream(client, toRunFilter(search, conditions), {
      take(event) {
        takeEvent(event);
        for (const listener of listeners) listener(event);
      },
      mustRead: refresh.ask,
      refused: (error) => state.set({ failure: toFailure(error) }),
    });
    void keepStream(stream, connection, watching.signal);
  };

  let asked = questionOf(view.get());
  const unlisten = view.listen(() => {
    const before = asked;
    asked = questionOf(view.get());
    if (asked.filter !== before.filter) {
      reader.forgetColumns();
      watch();
    }
    if (asked.filter === before.filter && asked.order === before.order && asked.columns === before.columns) return;
    state.set({ listed: state.get().listed + 1 });
    void reader.read();
  });
  const stopLooking = lookAgain(state, () => shown, {
    readRows: async (ids) => {
      if (!(await reader.readRows(ids))) refresh.ask();
    },
    readList: refresh.ask,
  });
  watch();
  void reader.read();

  return {
    state,
    more: reader.readNext,
    shows(from, to) {
      shown = [from, to];
    },
    refresh: refresh.ask,
    best: reader.best,
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const end of [unlisten, stopLooking, refresh.stop, reader.close]) end();
      watching.abort();
    },
  };
}

/** What is asked for, as texts that can be compared: an address that is read again makes new objects of the same. */
const questionOf = ({ search, conditions, order, columns }: View) => ({
  filter: JSON.stringify([search.trim(), conditions]),
  order: JSON.stringify(order),
  columns: JSON.stringify(columns),
});

/** Takes events as they come and applies them together, a few times a second. */
function createEventTaker(state: Store<RunListState>, view: Store<View>, mustRead: () => void): (event: WatchedEvent) => void {
  let events: WatchedEvent[] = [];
  const apply = coalesce(
    async () => {
      const taken = events;
      events = [];
      const { rows, totalCount, hasNext, columns } = state.get();
      const result = applyEvents(rows, taken, { isNewestFirst: isNewestFirst(view.get().order), hasNext });
      state.set({ rows: result.rows, totalCount: totalCount === null ? null : totalCount + result.added });
      if (result.mustRead || (columns.length === 0 && result.rows.length > 0)) mustRead();
    },
    { firstMs: 60, minIntervalMs: 250 },
  );
  return (event) => {
    events.push(event);
    // A list that is read anyway needs no record of everything that happened to it.
    if (events.length > maxWaitingEvents) {
      events = [];
      mustRead();
    }
    apply.ask();
  };
}

interface EventStreamNeeds {
  take(event: WatchedEvent): void;
  /** Called when something may have happened that no event told. */
  mustRead(): void;
  refused(error: unknown): void;
}

function eventStream(
  client: RunGraph,
  filter: RunFilter | undefined,
  { take, mustRead, refused }: EventStreamNeeds,
): KeptStream<WatchedEvent> {
  let after: string | undefined;
  return {
    open: (control) => client.watchRuns(filter, { ...control, ...(after !== undefined && { after }) }),
    take(event) {
      after = event.cursor;
      take(event);
    },
    // Events are told from when the server has begun to listen: what happened since the list was read is read.
    connected: mustRead,
    refused(error) {
      // After a rewritten store the old position means nothing: from now on, with the list as it is now.
      const canStart = after !== undefined;
      after = undefined;
      if (canStart) mustRead();
      else refused(error);
      return canStart;
    },
  };
}
