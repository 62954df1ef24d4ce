import { toRunFilter } from './condition.js';
import { RowsDocument } from './documents.js';
import { toRunOrder } from './order.js';
import type { MetricColumn, View } from './view.js';

/** A request that answers what a part of the screen shows. */
export interface Question {
  readonly title: string;
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether it is a subscription. */
  readonly isLive: boolean;
}

/** The list, and where runs are selected their curves and their live points. */
export function questionsOf(view: View, columns: readonly MetricColumn[]): Question[] {
  const { search, conditions, order, selected } = view;
  const filter = toRunFilter(search, conditions);
  const list: Question = {
    title: 'Runs',
    document: RowsDocument.text,
    variables: {
      ...(filter && { filter }),
      orderBy: toRunOrder(order),
      first: 100,
      metrics: columns.map(({ key }) => key),
      params: order.by === 'param' ? [order.key] : [],
      withCount: true,
    },
    isLive: false,
  };
  if (selected.length === 0) return [list];
  const runIds = selected.map(({ id }) => id);
  return [
    list,
    { title: 'Curves', ...seriesQuestion(view, runIds), isLive: false },
    { title: 'Live points', ...liveQuestion(runIds), isLive: true },
  ];
}

function seriesQuestion({ axis, zoom }: View, ids: readonly string[]): Pick<Question, 'document' | 'variables'> {
  const range =
    !zoom || axis === 'relative'
      ? {}
      : axis === 'step'
        ? { fromStep: zoom.from, toStep: zoom.to }
        : { from: new Date(Number(zoom.from)).toISOString(), to: new Date(Number(zoom.to)).toISOString() };
  return {
    document: `query Curves($ids: [ID!]!, $maxPoints: Int, $fromStep: Long, $toStep: Long, $from: DateTime, $to: DateTime) {
  nodes(ids: $ids) {
    ... on Run {
      name
      series(maxPoints: $maxPoints, fromStep: $fromStep, toStep: $toStep, from: $from, to: $to) {
        key
        steps
        timestamps
        values
      }
    }
  }
}`,
    variables: { ids, maxPoints: 500, ...range },
  };
}

function liveQuestion(runIds: readonly string[]): Pick<Question, 'document' | 'variables'> {
  return {
    document: `subscription LivePoints($input: MetricPointsInput!) {
  metricPoints(input: $input) {
    kind
    cursor
    series {
      runId
      key
      steps
      timestamps
      values
    }
  }
}`,
    variables: { input: { runIds, history: 'SAMPLED', maxPoints: 500 } },
  };
}
