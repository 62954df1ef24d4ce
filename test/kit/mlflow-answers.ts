import { asDouble, readDouble, type Exact, type ExpectedRun, type ExpectedVersion } from './mlflow-fixtures.js';
import type { TestServer } from './server.js';

/** An instant as the scalar `DateTime` writes it. */
export const date = (milliseconds: number | null): string | null => (milliseconds === null ? null : new Date(milliseconds).toISOString());
/** A record as keys and values. */
export const list = (record: Readonly<Record<string, string>>) => Object.entries(record).map(([key, value]) => ({ key, value }));
/** In the order of the keys' code points. */
export const byKey = <T extends { readonly key: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));

const parts = `
  params { key value } tags { key value }
  metrics { key value step timestamp }
  datasetInputs { name digest context sourceType source schema profile tags { key value } }`;
/** Everything about a run. */
export const runFields = `nativeId sourceName name experiment { name } status lifecycleStage startedAt endedAt artifactLocation user ${parts}`;

/** A run as the API answers `runFields`. */
export function runAsAnswered(id: string, run: ExpectedRun, sourceName: string) {
  return {
    nativeId: id,
    sourceName,
    name: run.name,
    experiment: { name: run.experiment },
    status: run.status,
    lifecycleStage: run.lifecycle_stage.toUpperCase(),
    startedAt: date(run.start_time),
    endedAt: date(run.end_time),
    artifactLocation: run.artifact_uri,
    user: run.user_id,
    params: byKey(list(run.params)),
    tags: byKey(list(run.tags)),
    metrics: byKey(
      Object.entries(run.metrics).map(([key, { value, step, timestamp }]) => ({
        key,
        value: asDouble(readDouble(value)),
        step,
        timestamp: date(timestamp),
      })),
    ),
    datasetInputs: run.inputs.map(({ source_type: sourceType, tags, ...input }) => ({
      ...input,
      sourceType,
      context: tags['mlflow.data.context'] ?? null,
      tags: byKey(list(tags)),
    })),
  };
}

/** A point as the API answers it. */
export type Point = readonly [step: Exact, timestamp: number, value: Exact];

/** By step, then timestamp. */
export const inOrder = (points: readonly Point[]): Point[] =>
  points.toSorted((a, b) => Number(a[0]) - Number(b[0]) || a[1] - b[1] || String(a[2]).localeCompare(String(b[2])));

/** A double as Python prints it. */
export function repr(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Every point of a metric. */
export async function history(
  server: TestServer,
  source: string,
  runId: string,
  key: string,
): Promise<{ points: Point[]; totalPoints: number; sampled: boolean }> {
  const { data } = await server.query(
    `query ($by: RunBy!, $keys: [String!]) { run(by: $by) { series(keys: $keys, sampling: NONE) { steps timestamps values totalPoints sampled } } }`,
    { by: { nativeId: runId, source }, keys: [key] },
  );
  const { steps, timestamps, values, ...rest } = data.run.series[0];
  return { points: steps.map((step: Exact, index: number) => [step, timestamps[index], values[index]]), ...rest };
}

/** Everything about a version of a registered model. */
export const versionFields = `name: model { name } version stage status description sourceUri runLink run { nativeId } createdAt updatedAt
  tags { key value } aliases uri`;

/** A version as the API answers `versionFields`. */
export const versionAsAnswered = (version: ExpectedVersion, aliases: readonly string[]) => ({
  name: { name: version.name },
  version: version.version,
  stage: version.stage.toUpperCase(),
  status: version.status,
  description: version.description,
  sourceUri: version.source,
  runLink: version.run_link,
  run: { nativeId: version.run_id },
  createdAt: date(version.creation_timestamp),
  updatedAt: date(version.last_updated_timestamp),
  tags: byKey(list(version.tags)),
  aliases,
  uri: `models:/${version.name}/${version.version}`,
});
