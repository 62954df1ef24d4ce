import { encodeId, type NativeRef } from '../core/ids.js';
import type { PageRequest } from './page.js';
import {
  runTag,
  toVersionKey,
  type AliasRecord,
  type ModelQuery,
  type ModelVersionFilter,
  type ModelVersionRecord,
  type RegisteredModelFilter,
  type RegisteredModelRecord,
  type VersionQuery,
} from './registry-store.js';
import type { KeyValueRecord } from './run-store.js';
import { bySource, concerned, merged, type MergedPage } from './run-stores.js';
import { askEach, type Sources } from './sources.js';

/** The model registries of all sources, as if they were one. A model's native id is its name, a version's is `version/name`. */
export interface RegistryStores {
  modelPage(query: ModelQuery, request: PageRequest): Promise<MergedPage<RegisteredModelRecord>>;
  modelCount(filter: RegisteredModelFilter): Promise<number>;
  models(refs: readonly NativeRef[]): Promise<(RegisteredModelRecord | null)[]>;
  modelTags(refs: readonly NativeRef[]): Promise<(readonly KeyValueRecord[])[]>;
  aliases(refs: readonly NativeRef[]): Promise<(readonly AliasRecord[])[]>;
  versionPage(query: VersionQuery, request: PageRequest): Promise<MergedPage<ModelVersionRecord>>;
  versionCount(filter: ModelVersionFilter): Promise<number>;
  versions(refs: readonly NativeRef[]): Promise<(ModelVersionRecord | null)[]>;
  versionTags(refs: readonly NativeRef[]): Promise<(readonly KeyValueRecord[])[]>;
  /** Versions that came from each run, in its own source and, by their tag, in others; `refs` are runs. */
  versionsOfRuns(refs: readonly NativeRef[]): Promise<(readonly ModelVersionRecord[])[]>;
  latestVersions(refs: readonly NativeRef[]): Promise<(readonly ModelVersionRecord[])[]>;
}

export function createRegistryStores(sources: Sources): RegistryStores {
  return {
    async modelPage(query, request) {
      return merged(
        await askEach(concerned(sources, query.filter), ({ registry }) => registry.modelPage(query, request)),
        query.orderBy,
        request,
      );
    },
    modelCount: (filter) => sum(askEach(concerned(sources, filter), ({ registry }) => registry.modelCount(filter))),
    models: (refs) =>
      bySource<RegisteredModelRecord | null>(sources, refs, null, async ({ registry }, names) => {
        const found = await registry.modelsByNames(names);
        return names.map((name) => found.find((model) => model.name === name) ?? null);
      }),
    modelTags: (refs) => bySource<readonly KeyValueRecord[]>(sources, refs, [], ({ registry }, names) => registry.modelTags(names)),
    aliases: (refs) => bySource<readonly AliasRecord[]>(sources, refs, [], ({ registry }, names) => registry.aliases(names)),
    async versionPage(query, request) {
      return merged(
        await askEach(concerned(sources, query.filter), ({ registry }) => registry.versionPage(query, request)),
        query.orderBy,
        request,
      );
    },
    versionCount: (filter) => sum(askEach(concerned(sources, filter), ({ registry }) => registry.versionCount(filter))),
    versions: (refs) =>
      bySource<ModelVersionRecord | null>(sources, refs, null, async ({ registry }, ids) => {
        const found = await registry.versionsByKeys(ids.map(toVersionKey));
        return ids.map((id) => found.find((version) => version.nativeId === id) ?? null);
      }),
    versionTags: (refs) =>
      bySource<readonly KeyValueRecord[]>(sources, refs, [], ({ registry }, ids) => registry.versionTags(ids.map(toVersionKey))),
    async versionsOfRuns(refs) {
      const [own, tagged] = await Promise.all([
        bySource<readonly ModelVersionRecord[]>(sources, refs, [], ({ registry }, ids) => registry.versionsOfRuns(ids)),
        taggedVersions(sources, refs),
      ]);
      return own.map((versions, index) => together(versions, tagged[index]!));
    },
    latestVersions: (refs) =>
      bySource<readonly ModelVersionRecord[]>(sources, refs, [], ({ registry }, names) => registry.latestVersions(names)),
  };
}

/** Versions of all sources that say by their tag which of the runs they came from. A source that does not answer has none. */
async function taggedVersions(sources: Sources, runs: readonly NativeRef[]): Promise<ModelVersionRecord[][]> {
  const values = runs.map(({ source, nativeId }) => encodeId('Run', source, nativeId));
  const { answers } = await askEach(sources.all, ({ registry }) => registry.versionsWithTag(runTag, values));
  return values.map((_value, index) => answers.flatMap((found) => found[index]!));
}

/** Both, without those that are in both. */
function together(some: readonly ModelVersionRecord[], others: readonly ModelVersionRecord[]): readonly ModelVersionRecord[] {
  const known = new Set(some.map(({ source, nativeId }) => `${source}\0${nativeId}`));
  return [...some, ...others.filter(({ source, nativeId }) => !known.has(`${source}\0${nativeId}`))];
}

const sum = async (asked: Promise<{ answers: number[] }>): Promise<number> =>
  (await asked).answers.reduce((total, count) => total + count, 0);
