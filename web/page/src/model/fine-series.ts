import { graphql, type Columns, type TypedDocumentString } from '@rungraph/sdk';
import type { Axis, Zoom } from './view.js';

/** A run whose series of a part of the axis is asked for; `zero` is where its relative time begins, in ms since the epoch. */
export interface RangedRun {
  readonly id: string;
  readonly zero: number;
}

/** One series as it comes; null instead of its run when there is none. */
export type FineAnswer = Readonly<Record<string, { readonly series: readonly Columns[] } | null>>;

/** A request for a part of the axis. */
export interface FineRequest {
  readonly document: TypedDocumentString<FineAnswer, Readonly<Record<string, unknown>>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Runs one request asks for; the server answers up to 50 root fields. */
export const runsPerRequest = 40;

/**
 * Asks for one metric of several runs within the zoom, as finely as `maxPoints` allows. The field of the n-th run is `run<n>`:
 * on the axis of relative time each has a range of its own.
 */
export function fineRequest(key: string, runs: readonly RangedRun[], axis: Axis, zoom: Zoom, maxPoints: number): FineRequest {
  const bounds = axis === 'step' ? (['fromStep', 'toStep', 'Long'] as const) : (['from', 'to', 'DateTime'] as const);
  const [low, high, type] = bounds;
  const fields = runs.map(
    (_run, n) => `  run${n}: run(by: { id: $id${n} }) {
    series(keys: [$key], ${low}: $from${n}, ${high}: $to${n}, maxPoints: $maxPoints, sampling: MIN_MAX) {
      steps
      timestamps
      values
    }
  }`,
  );
  const declared = runs.map((_run, n) => `$id${n}: ID!, $from${n}: ${type}, $to${n}: ${type}`).join(', ');
  const variables: Record<string, unknown> = { key, maxPoints };
  for (const [n, { id, zero }] of runs.entries()) {
    const offset = axis === 'relative' ? zero : 0;
    variables[`id${n}`] = id;
    variables[`from${n}`] = axis === 'step' ? zoom.from : instant(Number(zoom.from) + offset);
    // Instants are excluded at the end, steps are not.
    variables[`to${n}`] = axis === 'step' ? zoom.to : instant(Number(zoom.to) + offset + 1);
  }
  const series = { series: { steps: 'LL', timestamps: 'LL', values: 'DD' } } as const;
  return {
    document: graphql(
      `query Zoom($key: String!, $maxPoints: Int!, ${declared}) {\n${fields.join('\n')}\n}`,
      Object.fromEntries(runs.map((_run, n) => [`run${n}`, series])),
    ),
    variables,
  };
}

/** An instant of the years 1 to 9999, whatever the axis was dragged to. */
const instant = (ms: number): string =>
  new Date(Math.min(253_402_300_799_999, Math.max(-62_135_596_800_000, Math.round(ms)))).toISOString();
