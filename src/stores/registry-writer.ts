import type { ModelStage, VersionKey } from './registry-store.js';
import type { KeyValueRecord } from './run-store.js';
import type { Repeatable } from './run-writer.js';

export interface CreateModel extends Repeatable {
  readonly name: string;
  readonly description?: string | null;
  readonly tags: readonly KeyValueRecord[];
}

export interface CreateVersion extends Repeatable {
  readonly name: string;
  /** Where its files are, or a `models:/` URI of another version or of a logged model, whose run it then has unless another is given. */
  readonly sourceUri: string;
  /** The run it comes from. MLflow does not look whether there is one, and neither does the store. */
  readonly runId?: string | null;
  readonly runLink?: string | null;
  readonly description?: string | null;
  readonly user?: string | null;
  readonly tags: readonly KeyValueRecord[];
  /** Where the files really are; default what `sourceUri` leads to. */
  readonly storageLocation?: string | null;
}

export interface TransitionStage extends VersionKey {
  readonly stage: ModelStage;
  /** Whether the versions that are in the stage now become ARCHIVED; only with STAGING and PRODUCTION. */
  readonly archiveExisting: boolean;
}

/** Deletes something by key that may be missing: then all is refused, or nothing is the matter (MLflow's own way). */
export interface Forgiving {
  readonly ignoreMissing?: boolean;
}

/** Changes the model registry of one source. Every method checks MLflow's rules and writes all or nothing. */
export interface RegistryWriter {
  createModel(input: CreateModel): Promise<void>;
  /** Renames a model with all that is its; moves the update times of the model and of its versions. */
  renameModel(input: { readonly name: string; readonly newName: string }): Promise<void>;
  /** Null takes the description away. */
  updateModel(input: { readonly name: string; readonly description: string | null }): Promise<void>;
  /** Deletes a model with its versions, tags and aliases, for good. */
  deleteModel(name: string): Promise<void>;
  setModelTags(input: { readonly name: string; readonly tags: readonly KeyValueRecord[] }): Promise<void>;
  deleteModelTags(input: Forgiving & { readonly name: string; readonly keys: readonly string[] }): Promise<void>;
  /** The number follows the highest that the model ever had, deleted versions included. */
  createVersion(input: CreateVersion): Promise<VersionKey>;
  updateVersion(input: VersionKey & { readonly description: string | null }): Promise<void>;
  transitionStage(input: TransitionStage): Promise<void>;
  /** Overwrites a version as MLflow does: its number stays taken, its aliases go, its tags stay behind. */
  deleteVersion(key: VersionKey): Promise<void>;
  setVersionTags(input: VersionKey & { readonly tags: readonly KeyValueRecord[] }): Promise<void>;
  deleteVersionTags(input: VersionKey & Forgiving & { readonly keys: readonly string[] }): Promise<void>;
  /** Lets an alias point to a version, from wherever it pointed before. */
  setAlias(input: VersionKey & { readonly alias: string }): Promise<void>;
  deleteAlias(input: Forgiving & { readonly name: string; readonly alias: string }): Promise<void>;
}
