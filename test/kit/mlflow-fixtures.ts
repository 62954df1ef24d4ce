import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { networkedEngines, type ServerDatabase } from './database-servers.js';
import { copyToServer } from './mlflow-copies.js';
import { largeFixture } from './optional.js';

/** Integers that a double cannot hold are texts, doubles that JSON cannot write too. */
export type Exact = number | string;

export interface ExpectedRun {
  readonly name: string;
  readonly experiment: string;
  readonly status: string;
  readonly lifecycle_stage: string;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly artifact_uri: string;
  readonly user_id: string;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, { readonly value: Exact; readonly timestamp: number; readonly step: Exact }>>;
  readonly inputs: readonly {
    readonly name: string;
    readonly digest: string;
    readonly source_type: string;
    readonly source: string;
    readonly schema: string;
    readonly profile: string;
    readonly tags: Readonly<Record<string, string>>;
  }[];
}

/** A question MLflow's client was asked, with its answer or its refusal. */
export interface ExpectedSearch {
  readonly filter: string | null;
  readonly order_by: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
}

export interface ExpectedRunSearch extends ExpectedSearch {
  readonly experiments: readonly string[];
  readonly view: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';
  readonly run_ids?: readonly string[];
  readonly page_size?: number;
  readonly page_sizes?: readonly number[];
}

export type ExpectedPoint = readonly [step: Exact, timestamp: number, value: Exact];

export interface ExpectedVersion {
  readonly name: string;
  readonly version: number;
  readonly stage: string;
  readonly status: string;
  readonly run_id: string;
  readonly source: string;
  readonly run_link: string | null;
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
}

export interface ExpectedModel {
  readonly name: string;
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: Readonly<Record<string, number>>;
  readonly creation_timestamp: number;
  readonly last_updated_timestamp: number;
  readonly latest_versions: readonly (readonly [number, string])[];
}

export interface ExpectedTrace {
  readonly trace_id: string;
  readonly status: string;
  readonly timestamp_ms: number;
  readonly execution_time_ms: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What MLflow's own client answered about a fixture. */
export interface Expected {
  readonly mlflow_version: string;
  readonly alembic_revision: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly experiments: readonly {
    readonly id: string;
    readonly name: string;
    readonly lifecycle_stage: string;
    readonly artifact_location: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly creation_time: number;
    readonly last_update_time: number;
  }[];
  readonly search_experiments: readonly (ExpectedSearch & {
    readonly view: ExpectedRunSearch['view'];
    readonly names?: readonly string[];
  })[];
  readonly runs: Readonly<Record<string, ExpectedRun>>;
  readonly search_runs: readonly ExpectedRunSearch[];
  readonly metric_history: readonly {
    readonly run_id: string;
    readonly key: string;
    readonly points?: readonly ExpectedPoint[];
    readonly count?: number;
    readonly first?: readonly ExpectedPoint[];
    readonly last?: readonly ExpectedPoint[];
    readonly sum?: number;
    readonly sha256_of_lines_step_comma_repr?: string;
  }[];
  readonly registry: {
    readonly registered_models: readonly ExpectedModel[];
    readonly versions: readonly ExpectedVersion[];
    readonly search_registered_models: readonly (ExpectedSearch & { readonly names?: readonly string[] })[];
    readonly search_model_versions: readonly (ExpectedSearch & { readonly versions?: readonly (readonly [string, number])[] })[];
    readonly aliases: Readonly<Record<string, number | { readonly code: string }>>;
  };
  /** In the order of `search_traces`. */
  readonly traces: readonly ExpectedTrace[];
}

/** A database that MLflow wrote, in a folder of its own, with what MLflow says is in it. */
export interface MlflowFixture {
  /** Name of the set and of the source it is attached as. */
  readonly name: string;
  readonly version: string;
  /** Where it is, as `--attach` takes it: a file, or the URL of a database. */
  readonly path: string;
  readonly expected: Expected;
}

const folder = fileURLToPath(new URL('../fixtures/mlflow/', import.meta.url));

/** The databases in the repository, by the version that wrote them. */
export const mlflowVersions = ['2.16.2', '3.17.2'] as const;

/** Names of the sets this machine has. */
export const fixtureNames: readonly string[] = [
  ...mlflowVersions,
  ...mlflowVersions.map((version) => `${version}-20k`).filter((name) => largeFixture(`mlflow/${name}.db.gz`) !== null),
];

/** Names of the sets, and of their copies on the servers this machine has. */
export const everyFixtureName: readonly string[] = [
  ...fixtureNames,
  ...networkedEngines.flatMap((engine) => mlflowVersions.map((version) => `${version}-${engine}`)),
];

/** What MLflow answered about a set, which is the same on every engine. */
export function readExpected(copy: string): Expected {
  const name = copy.replace(/-(postgres|mysql)$/, '');
  const file = name.endsWith('-20k') ? largeFixture(`mlflow/expected-${name}.json`)! : join(folder, `expected-${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8').replace(/(?<=[[ :,])-?\d{16,}(?=[,\]}\s])/g, '"$&"')) as Expected;
}

/** Copies of sets into a folder that `removeFixtures` takes away. */
export function copyFixtures(names: readonly string[]): MlflowFixture[] {
  return names.map((name) => {
    const path = join(mkdtempSync(join(tmpdir(), 'rungraph-fixture-')), 'mlflow.db');
    if (name.endsWith('-20k')) writeFileSync(path, gunzipSync(readFileSync(largeFixture(`mlflow/${name}.db.gz`)!)));
    else copyFileSync(join(folder, `${name}.db`), path);
    return { name, version: name.replace('-20k', ''), path, expected: readExpected(name) };
  });
}

/** Sets and their copies on servers, until `close`. */
export async function openFixtures(names: readonly string[]): Promise<{ fixtures: MlflowFixture[]; close: () => Promise<void> }> {
  const files: MlflowFixture[] = [];
  const databases: ServerDatabase[] = [];
  const close = async () => {
    removeFixtures(files);
    for (const database of databases) await database.drop();
  };
  try {
    const fixtures: MlflowFixture[] = [];
    for (const name of names) {
      const engine = networkedEngines.find((candidate) => name.endsWith(`-${candidate}`));
      const [file] = copyFixtures([engine ? name.replace(`-${engine}`, '') : name]);
      files.push(file!);
      if (!engine) fixtures.push(file!);
      else {
        databases.push(await copyToServer(engine, file!.path));
        fixtures.push({ ...file!, name, path: databases.at(-1)!.url });
      }
    }
    return { fixtures, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export function removeFixtures(fixtures: readonly MlflowFixture[]): void {
  for (const { path } of fixtures) rmSync(join(path, '..'), { recursive: true, force: true });
}

/** Flags of `serve` that attach sets under their names. */
export const attachFlags = (fixtures: readonly Pick<MlflowFixture, 'name' | 'path'>[]): string[] =>
  fixtures.flatMap(({ name, path }) => ['--attach', `mlflow=${path},name=${name}`]);

/** Hash of the file, and everything that lies in its folder. */
export const fingerprint = (path: string): { sha256: string; beside: string[] } => ({
  sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  beside: readdirSync(join(path, '..')),
});

/** MLflow writes ±Infinity as the largest doubles, and so do its answers. */
export const readDouble = (value: Exact): number => {
  const number = Number(value);
  return Math.abs(number) === Number.MAX_VALUE ? Math.sign(number) * Infinity : number;
};

/** A number as the scalar `Double` writes it. */
export const asDouble = (number: number): Exact => (Number.isFinite(number) ? number : String(number));
