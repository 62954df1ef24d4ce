import type { NativeRef } from '../core/ids.js';
import type { KeyedCondition, LongCondition, StringCondition, TimeCondition } from './conditions.js';
import type { Page, PageRequest, SortDirection } from './page.js';
import type { KeyValueRecord } from './run-store.js';

export type ModelStage = 'NONE' | 'STAGING' | 'PRODUCTION' | 'ARCHIVED';

/** A registered model; its native id is its name. Times are ms since the epoch, UTC. */
export interface RegisteredModelRecord extends NativeRef {
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

/** Native id of a version. This way round there is nothing to escape: a number has no slash, a name may. */
export const versionNativeId = (name: string, version: number): string => `${version}/${name}`;

/** A version of a registered model; its native id is that of `versionNativeId`. */
export interface ModelVersionRecord extends NativeRef {
  readonly name: string;
  readonly version: number;
  readonly stage: ModelStage;
  readonly status: string;
  readonly statusMessage: string | null;
  readonly description: string | null;
  readonly user: string | null;
  readonly sourceUri: string | null;
  readonly storageLocation: string | null;
  readonly runLink: string | null;
  /** The run it came from, which may be gone: MLflow keeps no foreign key. */
  readonly runId: string | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

export interface AliasRecord {
  readonly alias: string;
  readonly version: number;
}

export interface RegisteredModelFilter {
  readonly and?: readonly RegisteredModelFilter[] | null;
  readonly or?: readonly RegisteredModelFilter[] | null;
  readonly not?: RegisteredModelFilter | null;
  readonly source?: StringCondition | null;
  readonly name?: StringCondition | null;
  readonly createdAt?: TimeCondition | null;
  readonly updatedAt?: TimeCondition | null;
  readonly tag?: KeyedCondition | null;
}

export interface ModelVersionFilter extends Omit<RegisteredModelFilter, 'and' | 'or' | 'not'> {
  readonly and?: readonly ModelVersionFilter[] | null;
  readonly or?: readonly ModelVersionFilter[] | null;
  readonly not?: ModelVersionFilter | null;
  readonly version?: LongCondition | null;
  readonly stage?: { readonly eq?: ModelStage | null; readonly in?: readonly ModelStage[] | null } | null;
  readonly alias?: StringCondition | null;
  readonly sourceUri?: StringCondition | null;
  readonly runNativeId?: StringCondition | null;
}

export type RegisteredModelOrderField = 'NAME' | 'CREATED_AT' | 'UPDATED_AT';
export type ModelVersionOrderField = 'NAME' | 'VERSION' | 'CREATED_AT' | 'UPDATED_AT';

export interface RegistryQuery<Filter, Field> {
  readonly filter: Filter;
  readonly orderBy: readonly { readonly field: Field; readonly direction: SortDirection }[];
}

export type ModelQuery = RegistryQuery<RegisteredModelFilter, RegisteredModelOrderField>;
export type VersionQuery = RegistryQuery<ModelVersionFilter, ModelVersionOrderField>;

/** A version by its number. */
export interface VersionKey {
  readonly name: string;
  readonly version: number;
}

/** Reads a native id of a version. */
export function toVersionKey(nativeId: string): VersionKey {
  const slash = nativeId.indexOf('/');
  return { version: Number(nativeId.slice(0, slash)), name: nativeId.slice(slash + 1) };
}

/** Reads the model registry of one source. Deleted versions are never shown. */
/**
 * Tag of a model version that says which run of another source it came from, for registries cannot point into another store: its
 * value is the run's global id.
 */
export const runTag = 'rungraph.run';

export interface RegistryStore {
  modelPage(query: ModelQuery, request: PageRequest): Promise<Page<RegisteredModelRecord>>;
  modelCount(filter: RegisteredModelFilter): Promise<number>;
  modelsByNames(names: readonly string[]): Promise<readonly RegisteredModelRecord[]>;
  modelTags(names: readonly string[]): Promise<readonly (readonly KeyValueRecord[])[]>;
  aliases(names: readonly string[]): Promise<readonly (readonly AliasRecord[])[]>;
  versionPage(query: VersionQuery, request: PageRequest): Promise<Page<ModelVersionRecord>>;
  versionCount(filter: ModelVersionFilter): Promise<number>;
  versionsByKeys(keys: readonly VersionKey[]): Promise<readonly ModelVersionRecord[]>;
  versionTags(keys: readonly VersionKey[]): Promise<readonly (readonly KeyValueRecord[])[]>;
  versionsOfRuns(runIds: readonly string[]): Promise<readonly (readonly ModelVersionRecord[])[]>;
  /** Versions that have a tag with one of the values, in the order of `values`. */
  versionsWithTag(key: string, values: readonly string[]): Promise<readonly (readonly ModelVersionRecord[])[]>;
  /** The highest version of each stage, per model. */
  latestVersions(names: readonly string[]): Promise<readonly (readonly ModelVersionRecord[])[]>;
}
