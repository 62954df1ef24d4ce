import { graphql, type Aggregate, type RunFilter, type RunOrder, type RunStatus } from '@rungraph/sdk';

/** One metric of a row: the values the list may show. */
export interface RowMetric {
  readonly key: string;
  readonly value: number;
  readonly min: number | null;
  readonly max: number | null;
}

/** A row of the list: only what it shows. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly sourceName: string;
  readonly status: RunStatus;
  readonly startedAt: Date | null;
  readonly durationMs: bigint | null;
  readonly experiment: { readonly name: string } | null;
  readonly metrics: readonly RowMetric[];
  readonly params: readonly { readonly key: string; readonly value: string }[];
}

/** What a source said. */
export interface SourceAnswer {
  readonly source: string;
  readonly ok: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** A page of rows. */
export interface RowsPage {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly sources: readonly SourceAnswer[];
  readonly totalCount?: number;
}

export interface RowsVariables {
  readonly filter?: RunFilter | undefined;
  readonly orderBy?: RunOrder[] | undefined;
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  readonly withCount?: boolean;
}

const rowText = `id
      name
      sourceName
      status
      startedAt
      durationMs
      experiment {
        name
      }
      metrics(keys: $metrics) {
        key
        value
        min
        max
      }
      params(keys: $params) {
        key
        value
      }`;
const rowShape = { startedAt: 'T', durationMs: 'L', metrics: { value: 'D', min: 'D', max: 'D' } } as const;

/** A page of the list. */
export const RowsDocument = graphql<{ runs: RowsPage }, RowsVariables>(
  `query Runs($filter: RunFilter, $orderBy: [RunOrder!], $first: Int!, $after: String, $metrics: [String!]!, $params: [String!]!, $withCount: Boolean! = false) {
  runs(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes {
      ${rowText}
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    sources {
      source
      ok
      error {
        code
        message
      }
    }
    totalCount @include(if: $withCount)
  }
}`,
  { runs: { nodes: rowShape } },
);

/** A metric of a selected run: its extremes and where they are. */
export interface BestMetric {
  readonly key: string;
  readonly value: number;
  readonly step: bigint;
  readonly min: number | null;
  readonly minStep: bigint | null;
  readonly max: number | null;
  readonly maxStep: bigint | null;
  readonly count: bigint;
}

/** What the right side shows of a selected run besides its curves. */
export interface RunFacts {
  readonly id: string;
  readonly nativeId: string;
  readonly name: string;
  readonly sourceName: string;
  readonly status: RunStatus;
  readonly statusReason: string | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly durationMs: bigint | null;
  readonly user: string | null;
  readonly experiment: { readonly name: string } | null;
  readonly params: readonly { readonly key: string; readonly value: string }[];
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly metrics: readonly BestMetric[];
}

/** Facts of the selected runs; deleted ones too, for an address may hold them. */
export const FactsDocument = graphql<{ nodes: (RunFacts | null)[] }, { ids: readonly string[] }>(
  `
    query SelectedRuns($ids: [ID!]!) {
      nodes(ids: $ids) {
        ... on Run {
          id
          nativeId
          name
          sourceName
          status
          statusReason
          startedAt
          endedAt
          durationMs
          user
          experiment {
            name
          }
          params {
            key
            value
          }
          tags {
            key
            value
          }
          metrics {
            key
            value
            step
            min
            minStep
            max
            maxStep
            count
          }
        }
      }
    }
  `,
  {
    nodes: {
      startedAt: 'T',
      endedAt: 'T',
      durationMs: 'L',
      metrics: { value: 'D', step: 'L', min: 'D', minStep: 'L', max: 'D', maxStep: 'L', count: 'L' },
    },
  },
);

/** Keys that exist, for completion. */
export const KeysDocument = graphql<
  {
    experiments: { nodes: { name: string; metricKeys: string[]; paramKeys: string[] }[] };
    sources: { name: string; kind: string; state: string; stateReason: string | null }[];
  },
  object
>(
  `
    query Names {
      experiments(first: 50) {
        nodes {
          name
          metricKeys(first: 200)
          paramKeys(first: 200)
        }
      }
      sources {
        name
        kind
        state
        stateReason
      }
    }
  `,
  {},
);

/** Metric keys of the newest runs that match: what the list shows when nobody has chosen. */
export const NewestKeysDocument = graphql<{ runs: { nodes: { metrics: { key: string }[] }[] } }, { filter?: RunFilter | undefined }>(
  `
    query NewestMetrics($filter: RunFilter) {
      runs(filter: $filter, first: 5) {
        nodes {
          metrics {
            key
          }
        }
      }
    }
  `,
  {},
);

/** The value of a metric that a column shows; undefined when the run lacks the metric. */
export function valueOf(row: Row, key: string, aggregate: Aggregate): number | null | undefined {
  const metric = row.metrics.find((each) => each.key === key);
  return metric && (aggregate === 'LAST' ? metric.value : aggregate === 'MIN' ? metric.min : metric.max);
}
