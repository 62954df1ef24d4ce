import { resolve } from 'node:path';
import { artifactNames } from '../../core/artifact-path.js';
import { fail } from '../../core/errors.js';
import { parseArtifactUri, type ArtifactRoot } from '../../core/artifact-uri.js';
import type { ArtifactNames, ArtifactStore } from './artifact-store.js';
import { isWithin, realRoot } from './folder-bounds.js';

/** Where a location leads: to names below the root of a store. */
export interface ArtifactPlace {
  readonly store: ArtifactStore;
  readonly names: ArtifactNames;
}

/** What the locations in one source's database mean. */
export interface ArtifactLocations {
  /** Root of `mlflow-artifacts:`; null when nobody said where it is. */
  readonly proxied: ArtifactStore | null;
  /**
   * @throws SOURCE_UNAVAILABLE, with the `location`, when it is of a kind that cannot be read, or lies outside every root of the
   * source: asking again changes nothing
   */
  find(location: string | null): Promise<ArtifactPlace>;
}

export interface LocationNeeds {
  /** The only places that are read and written, whatever the database says: it is written by others than who runs this server. */
  readonly roots: readonly ArtifactRoot[];
  /** Root of `mlflow-artifacts:`. */
  readonly proxied: ArtifactRoot | null;
  /** The folder that relative paths begin in; null where there is none. */
  readonly folder: string | null;
  /** Told when a location is outside of all roots: the way out. */
  readonly wayOut: string;
  readonly storeOf: (root: ArtifactRoot) => ArtifactStore;
}

/** See docs/decisions/0011: a location in a database is a wish, and the roots are what whoever runs the server grants. */
export function createArtifactLocations({ roots, proxied, folder, wayOut, storeOf }: LocationNeeds): ArtifactLocations {
  const proxiedStore = proxied && storeOf(proxied);

  async function below(root: ArtifactRoot, location: ReturnType<typeof parseArtifactUri>): Promise<ArtifactNames | null> {
    if (root.kind === 's3' && location.kind === 's3')
      return root.bucket === location.bucket ? namesBelow(root.prefix, location.prefix) : null;
    if (root.kind !== 'folder' || location.kind !== 'folder') return null;
    if (folder === null && !location.path.startsWith('/')) return null;
    const path = resolve(folder ?? '/', location.path);
    // MLflow may have written the path that a link leads to, or the link.
    const known = [root.path, await realRoot(root.path)].find((one) => isWithin(one, path));
    return known === undefined ? null : namesBelow(known, path);
  }

  return {
    proxied: proxiedStore,
    async find(location) {
      const unavailable = (message: string) => fail('SOURCE_UNAVAILABLE', message, { location });
      if (!location) throw unavailable('The run says nothing of where its artifacts are.');
      const meant = parseArtifactUri(location);
      if (meant.kind === 'unsupported')
        throw unavailable(
          `Artifacts in ${location} cannot be reached: of ${meant.scheme} nothing is known here. Folders, file:, s3: and mlflow-artifacts: are read.`,
        );
      if (meant.kind === 'proxied') {
        const names = namesBelow('', meant.path);
        if (proxiedStore && names) return { store: proxiedStore, names };
      } else {
        for (const root of roots) {
          const names = await below(root, meant);
          if (names) return { store: storeOf(root), names };
        }
      }
      throw unavailable(`Artifacts in ${location} are outside of what this server may read. ${wayOut}`);
    },
  };
}

/** The names from one path down to another; null when it is not below, or has names that no artifact can have. */
function namesBelow(root: string, path: string): ArtifactNames | null {
  const rest =
    path === root
      ? ''
      : root === ''
        ? path
        : path.startsWith(`${root.replace(/\/$/, '')}/`)
          ? path.slice(root.replace(/\/$/, '').length + 1)
          : null;
  try {
    return rest === null ? null : artifactNames(rest);
  } catch {
    return null;
  }
}
