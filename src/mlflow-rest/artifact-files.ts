import type { ArtifactEntry } from '../stores/artifacts/artifact-store.js';

/** A file as MLflow's REST API has it. */
export interface RestFile {
  readonly path: string;
  readonly is_dir: boolean;
  /** Absent for folders. */
  readonly file_size?: number;
}

/** @param folder what the paths begin with; empty: they are names */
export const toFiles = (folder: string, entries: readonly ArtifactEntry[]): RestFile[] =>
  entries.map(({ name, isDirectory, bytes }) => ({
    path: folder === '' ? name : `${folder}/${name}`,
    is_dir: isDirectory,
    ...(bytes !== null && { file_size: bytes }),
  }));
