import type { Columns, RunGraph } from '@rungraph/sdk';
import { fineRequest, runsPerRequest, type FineAnswer, type RangedRun } from '../model/fine-series.js';
import { SeriesBuffer } from '../model/series-buffer.js';
import type { Axis, Zoom } from '../model/view.js';
import { partOf } from './failure.js';

/** Points asked for per series: about two per pixel of a chart. */
const maxPoints = 1_500;
const maxHeld = 6_000;

/** What is to be read more finely. */
export interface FineWish {
  readonly key: string;
  readonly runs: readonly RangedRun[];
  readonly axis: Axis;
  readonly zoom: Zoom;
}

/** The finer points of one metric within a zoom. */
export interface FineSeries {
  /** Finer points of a run; undefined while there are none. */
  buffer(runId: string): SeriesBuffer | undefined;
  /** Takes live points: those within the zoom are added. */
  hear(runId: string, columns: Columns): void;
  close(): void;
}

/**
 * Reads series of a part of the axis, and goes on with the live points that fall into it.
 * @param changed called when points came
 * @param held what was received of a run, whose points after the last one read are added
 */
export function readFine(
  client: RunGraph,
  { key, runs, axis, zoom }: FineWish,
  held: (runId: string) => SeriesBuffer | undefined,
  changed: () => void,
): FineSeries {
  const controller = new AbortController();
  const buffers = new Map<string, SeriesBuffer>();
  const zeros = new Map(runs.map(({ id, zero }) => [id, axis === 'relative' ? zero : 0]));
  const isWithin = (runId: string, step: bigint, time: number): boolean => {
    if (axis === 'step') return step >= zoom.from && step <= zoom.to;
    const place = time - (zeros.get(runId) ?? 0);
    return place >= Number(zoom.from) && place <= Number(zoom.to);
  };
  const add = (runId: string, columns: Columns, after: bigint | null) => {
    const chosen = [...columns.steps.keys()].filter(
      (at) => (after === null || columns.steps[at]! > after) && isWithin(runId, columns.steps[at]!, Number(columns.timestamps[at]!)),
    );
    if (chosen.length === 0) return;
    buffers.get(runId)?.append({
      steps: BigInt64Array.from(chosen, (at) => columns.steps[at]!),
      timestamps: BigInt64Array.from(chosen, (at) => columns.timestamps[at]!),
      values: Float64Array.from(chosen, (at) => columns.values[at]!),
    });
  };
  const take = (part: readonly RangedRun[], answer: FineAnswer) => {
    for (const [n, { id }] of part.entries()) {
      const run = answer[`run${n}`];
      if (!run) continue;
      const buffer = new SeriesBuffer(maxHeld);
      buffers.set(id, buffer);
      for (const columns of run.series) buffer.append(columns);
      // What was received while this was read.
      const all = held(id);
      if (all) {
        const last = buffer.length > 0 ? buffer.steps[buffer.length - 1]! : null;
        add(id, { steps: all.steps, timestamps: BigInt64Array.from(all.times, (time) => BigInt(time)), values: all.values }, last);
      }
    }
    changed();
  };
  const read = async (part: readonly RangedRun[]) => {
    const { document, variables } = fineRequest(key, part, axis, zoom, maxPoints);
    try {
      take(part, await client.query(document, variables, { signal: controller.signal }));
    } catch (error) {
      const answered = controller.signal.aborted ? null : partOf<FineAnswer>(error);
      if (answered) take(part, answered); // the rest stays as coarse as it was
    }
  };
  for (let start = 0; start < runs.length; start += runsPerRequest) void read(runs.slice(start, start + runsPerRequest));

  return {
    buffer: (runId) => buffers.get(runId),
    hear: (runId, columns) => add(runId, columns, null),
    close: () => controller.abort(),
  };
}
