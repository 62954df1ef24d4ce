import { graphql, type Columns, type RunGraph } from '@rungraph/sdk';

type Take = (runId: string, key: string, columns: Columns) => void;

const WholeSeriesDocument = graphql<
  { nodes: ({ id: string; series: ({ key: string } & Columns)[] } | null)[] },
  { ids: readonly string[]; keys: readonly string[] | null; maxPoints: number }
>(
  `
    query Series($ids: [ID!]!, $keys: [String!], $maxPoints: Int!) {
      nodes(ids: $ids) {
        ... on Run {
          id
          series(keys: $keys, maxPoints: $maxPoints) {
            key
            steps
            timestamps
            values
          }
        }
      }
    }
  `,
  { nodes: { series: { steps: 'LL', timestamps: 'LL', values: 'DD' } } },
);

/** Reads series once: of runs in a source that cannot be followed. What cannot be read stays as it was. */
export async function readWhole(
  client: RunGraph,
  ids: readonly string[],
  keys: readonly string[],
  maxPoints: number,
  take: Take,
): Promise<void> {
  try {
    const { nodes } = await client.query(WholeSeriesDocument, { ids, keys: keys.length > 0 ? keys : null, maxPoints });
    for (const run of nodes) for (const { key, ...columns } of run?.series ?? []) take(run!.id, key, columns);
  } catch {
    // Why it cannot be followed is shown already.
  }
}
