import { join } from 'node:path';
import { printArtifactRoot, type ArtifactRoot } from '../../core/artifact-uri.js';
import type { Sources } from '../sources.js';
import { createArtifactDigests } from './artifact-digests.js';
import { createArtifactLocations, type ArtifactLocations } from './artifact-locations.js';
import type { ArtifactStore } from './artifact-store.js';
import { createFolderArtifacts } from './folder-artifacts.js';
import { createRunArtifacts, type RunArtifacts } from './run-artifacts.js';
import { createS3Artifacts } from './s3-artifacts.js';
import { createS3Connection, type S3Options } from './s3-connection.js';

/** How artifacts are kept. */
export interface ArtifactOptions {
  /** Root of the artifacts of `local`; the folder `artifacts` among its data when absent. */
  readonly artifacts?: ArtifactRoot;
  /** Bytes one artifact may have; no limit when absent. */
  readonly maxArtifactBytes?: number;
  /** Amazon's own service when absent. */
  readonly s3?: S3Options;
}

/** Where the artifacts of an attached source may be. */
export interface AttachedArtifacts {
  readonly name: string;
  /** The roots that were named for it; `mlflow-artifacts:` begins in the first. */
  readonly artifacts?: readonly ArtifactRoot[];
  /** Folder of the database file; null where the database is no file. */
  readonly folder: string | null;
}

export interface OpenArtifactNeeds extends ArtifactOptions {
  readonly dataFolder: string;
  readonly durability: 'normal' | 'full';
  readonly sources: Sources;
  readonly attached: readonly AttachedArtifacts[];
}

/** Opens the artifacts of all sources; nothing is looked at before somebody asks. */
export function openArtifacts(needs: OpenArtifactNeeds): RunArtifacts & { close(): Promise<void> } {
  const { sources, dataFolder, durability, attached, maxArtifactBytes: maxBytes = Infinity } = needs;
  const connection = createS3Connection(needs.s3 ?? { endpoint: null, region: 'us-east-1' });
  const stores = new Map<string, ArtifactStore>();
  const storeOf = (root: ArtifactRoot): ArtifactStore => {
    const location = printArtifactRoot(root);
    const known = stores.get(location);
    if (known) return known;
    const made =
      root.kind === 'folder'
        ? createFolderArtifacts(root.path, { flush: durability === 'full' })
        : createS3Artifacts(connection, { ...root, maxBytes });
    stores.set(location, made);
    return made;
  };

  const own = needs.artifacts ?? { kind: 'folder', path: join(dataFolder, 'artifacts') };
  const locations = new Map<string, ArtifactLocations>([
    [
      'local',
      createArtifactLocations({
        roots: [own],
        proxied: own,
        folder: null,
        wayOut: `Those of local are below ${printArtifactRoot(own)}; --artifacts names another place.`,
        storeOf,
      }),
    ],
    ...attached.map((source) => [source.name, attachedLocations(source, storeOf)] as const),
  ]);
  const artifacts = createRunArtifacts({ sources, locations, digests: createArtifactDigests(), maxBytes });
  return { ...artifacts, close: () => connection.close() };
}

/** The folders MLflow itself makes where it runs: for runs that write files themselves, and for those that send them to its server. */
const ownFolders = ['mlruns', 'mlartifacts'];

function attachedLocations({ name, artifacts = [], folder }: AttachedArtifacts, storeOf: (root: ArtifactRoot) => ArtifactStore) {
  const besides = folder === null ? [] : ownFolders.map((own): ArtifactRoot => ({ kind: 'folder', path: join(folder, own) }));
  return createArtifactLocations({
    roots: [...artifacts, ...besides],
    proxied: artifacts[0] ?? besides[1] ?? null,
    folder,
    wayOut: `Name the folder or bucket they are in: --attach mlflow=…,name=${name},artifacts=LOCATION.`,
    storeOf,
  });
}
