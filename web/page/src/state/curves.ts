import type { Columns, RunGraph, WatchedBatch } from '@rungraph/sdk';
import { SeriesBuffer } from '../model/series-buffer.js';
import type { View } from '../model/view.js';
import type { Connection } from './connection.js';
import type { Facts } from './facts.js';
import { toFailure, type Failure } from './failure.js';
import { createFollower, type Follower } from './follower.js';
import type { Frames } from './frames.js';
import { readWhole } from './read-series.js';
import { createStore, type Store } from './store.js';

/** Which metrics there are, and what went wrong with them. */
export interface CurvesState {
  /** Metrics of the selected runs, as they became known. */
  readonly keys: readonly string[];
  readonly failure: Failure | null;
}

/** Points of the selected runs, kept up to date. */
export interface Curves {
  readonly state: Store<CurvesState>;
  /** What is held of a metric of a run; undefined when nothing is. */
  buffer(key: string, runId: string): SeriesBuffer | undefined;
  /** Calls back, at most once per frame, when points of a metric came. @returns ends the calling */
  listen(key: string, draw: () => void): () => void;
  /** Hears points as they come, before they are drawn. @returns ends the hearing */
  onPoints(listener: (key: string, runId: string, columns: Columns) => void): () => void;
  /** Says which metrics are looked at: when there are too many, only those are followed. */
  looksAt(keys: readonly string[]): void;
  close(): void;
}

/** Points one series holds at most; then it is thinned out to half of that. Never less than what its history began with, twice. */
const maxHeld = 4_000;
const minHeld = 1_000;
/** Points of all series together, about: 32 bytes each. */
const maxHeldTogether = 1_500_000;
/** Points of the past of all series together. */
const maxHistory = 400_000;
/** With more series than this only the metrics that are looked at are followed. */
const maxFollowedSeries = 600;
/** Selecting ten runs with ten keys is one change. */
const settleMs = 80;

const clamp = (low: number, high: number, value: number): number => Math.round(Math.min(high, Math.max(low, value)));

/** Follows the points of the runs that the view selects, one subscription per source. */
export function createCurves(client: RunGraph, view: Store<View>, facts: Facts, connection: Connection, frames: Frames): Curves {
  const state = createStore<CurvesState>({ keys: [], failure: null });
  const buffers = new Map<string, Map<string, SeriesBuffer>>();
  const drawings = new Map<string, Set<() => void>>();
  const hearers = new Set<(key: string, runId: string, columns: Columns) => void>();
  const followers = new Map<string, Follower>();
  const dropped = new Set<string>();
  let lookedAt: readonly string[] = [];
  let held = maxHeld;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const redraw = (key: string) => drawings.get(key)?.forEach((draw) => frames.ask(draw));
  const isSelected = (runId: string) => view.get().selected.some(({ id }) => id === runId);

  const bufferFor = (key: string, runId: string): SeriesBuffer => {
    let ofKey = buffers.get(key);
    if (!ofKey) {
      buffers.set(key, (ofKey = new Map<string, SeriesBuffer>()));
      state.set({ keys: [...buffers.keys()] });
    }
    let buffer = ofKey.get(runId);
    if (!buffer) ofKey.set(runId, (buffer = new SeriesBuffer(held)));
    return buffer;
  };
  const drop = (goes: (runId: string) => boolean) => {
    const before = buffers.size;
    for (const [key, ofKey] of buffers) {
      const gone = [...ofKey.keys()].filter(goes);
      for (const runId of gone) ofKey.delete(runId);
      if (ofKey.size === 0) buffers.delete(key);
      if (gone.length > 0) redraw(key);
    }
    if (buffers.size !== before) state.set({ keys: [...buffers.keys()] });
  };
  const take = (runId: string, key: string, columns: Columns, isStart: boolean) => {
    const buffer = bufferFor(key, runId);
    if (isStart) buffer.clear();
    buffer.append(columns);
    for (const hear of hearers) hear(key, runId, columns);
    redraw(key);
  };

  const newFollower = (source: string): Follower =>
    createFollower({
      client,
      connection,
      take({ kind, series, caughtUp }: WatchedBatch, isStart) {
        if (kind === 'RESET') drop((runId) => sourceOf(facts, runId) === source);
        for (const { runId, key, ...columns } of series) {
          if (!isSelected(runId)) continue;
          take(runId, key, columns, isStart(runId, key));
          if (kind === 'LIVE') facts.touch(runId);
        }
        if (caughtUp) state.set({ failure: null });
      },
      refused(error) {
        state.set({ failure: toFailure(error) });
        // A source that cannot be followed can still be read.
        const runIds = view
          .get()
          .selected.map(({ id }) => id)
          .filter((id) => sourceOf(facts, id) === source);
        void readWhole(client, runIds, lookedAt, held >> 1, (runId, key, columns) => take(runId, key, columns, true));
      },
    });

  const followNow = () => {
    const { selected } = view.get();
    const known = facts.state.get().facts;
    const runs = selected.flatMap(({ id }) => known.get(id) ?? []);
    const seriesCount = runs.reduce((sum, { metrics }) => sum + metrics.length, 0);
    const keys = seriesCount > maxFollowedSeries ? [...lookedAt].sort() : null;
    const followed = Math.max(1, keys ? runs.length * keys.length : seriesCount);
    held = clamp(minHeld, maxHeld, maxHeldTogether / followed);
    const maxPoints = clamp(100, held >> 1, maxHistory / followed);
    const sources = new Map<string, string[]>([...followers.keys()].map((source) => [source, []]));
    for (const { id, sourceName } of runs) sources.set(sourceName, [...(sources.get(sourceName) ?? []), id]);
    for (const [source, runIds] of sources) {
      if (!followers.has(source)) followers.set(source, newFollower(source));
      followers.get(source)!.follow({ runIds: keys?.length === 0 ? [] : runIds.sort(), keys, maxPoints, dropped: new Set(dropped) });
    }
    dropped.clear();
  };
  const followSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(followNow, settleMs);
  };

  let selected = view.get().selected;
  let ids = '';
  const unlisten = [
    view.listen(() => {
      if (view.get().selected === selected) return;
      for (const { id } of selected) if (!isSelected(id)) dropped.add(id);
      selected = view.get().selected;
      drop((runId) => !isSelected(runId));
      followSoon();
    }),
    facts.state.listen(() => {
      const known = facts.state.get().facts;
      // A run that is gone, or a server that has another store now.
      if ([...known.values()].includes(null)) drop((runId) => known.get(runId) === null);
      // Only which runs are known matters to what is followed; their facts change all the time.
      const now = [...known].flatMap(([id, run]) => (run ? [id] : [])).join(' ');
      if (now === ids) return;
      ids = now;
      followSoon();
    }),
  ];

  return {
    state,
    buffer: (key, runId) => buffers.get(key)?.get(runId),
    listen(key, draw) {
      if (!drawings.has(key)) drawings.set(key, new Set());
      drawings.get(key)!.add(draw);
      return () => {
        drawings.get(key)?.delete(draw);
        frames.drop(draw);
      };
    },
    onPoints(listener) {
      hearers.add(listener);
      return () => hearers.delete(listener);
    },
    looksAt(keys) {
      lookedAt = keys;
      followSoon();
    },
    close() {
      clearTimeout(timer);
      for (const stop of unlisten) stop();
      for (const follower of followers.values()) follower.close();
    },
  };
}

const sourceOf = (facts: Facts, runId: string): string | undefined => facts.state.get().facts.get(runId)?.sourceName;
