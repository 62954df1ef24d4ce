import { fail, refuse } from '../../core/errors.js';
import type { NativeRef } from '../../core/ids.js';
import type { RunRecord } from '../run-store.js';
import type { Sources } from '../sources.js';
import type { ArtifactLocations, ArtifactPlace } from './artifact-locations.js';
import type { ArtifactNames } from './artifact-store.js';

/** What of a run says where its artifacts are. */
export type ArtifactOwner = Pick<RunRecord, 'source' | 'nativeId' | 'artifactLocation'>;

/** Where the artifacts of runs are. */
export interface RunPlaces {
  /** @throws SOURCE_UNAVAILABLE when it cannot be said, or may not be read */
  placeOf(run: ArtifactOwner, path: ArtifactNames): Promise<ArtifactPlace>;
  /** As `placeOf`, of something to be changed. @throws RuleError NOT_FOUND, READ_ONLY, INVALID, or CONFLICT when the run is deleted */
  writablePlace(run: NativeRef, path: ArtifactNames): Promise<ArtifactPlace>;
}

/** @param locations by the name of the source */
export function createRunPlaces(sources: Sources, locations: ReadonlyMap<string, ArtifactLocations>): RunPlaces {
  async function placeOf(run: ArtifactOwner, path: ArtifactNames): Promise<ArtifactPlace> {
    const known = locations.get(run.source);
    if (!known) throw fail('SOURCE_UNAVAILABLE', 'Sources of this kind have no artifacts.', { source: run.source });
    const { store, names } = await known.find(run.artifactLocation);
    return { store, names: [...names, ...path] };
  }

  return {
    placeOf,
    async writablePlace({ source: name, nativeId }, path) {
      const source = sources.find(name);
      if (!source) throw refuse('NOT_FOUND', `There is no source ${JSON.stringify(name)}.`, ['source']);
      if (source.kind !== 'NATIVE') throw refuse('READ_ONLY', `Artifacts of ${name} are read-only; write to runs of local.`, ['source']);
      if (path.length === 0) throw refuse('INVALID', 'The path of the artifact is missing.', ['path']);
      const [run] = await source.runs.runsByIds([nativeId]);
      if (!run) throw refuse('NOT_FOUND', 'There is no such run.', ['run']);
      if (run.lifecycleStage === 'DELETED') throw refuse('CONFLICT', 'The run is deleted; restore it first.', ['run']);
      return placeOf(run, path);
    },
  };
}
