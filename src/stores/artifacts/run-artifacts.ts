import { artifactNames } from '../../core/artifact-path.js';
import { fail, refuse } from '../../core/errors.js';
import type { NativeRef } from '../../core/ids.js';
import { answerOf, type Sources } from '../sources.js';
import type { ArtifactDigests, DigestBudget } from './artifact-digests.js';
import type { ArtifactLocations } from './artifact-locations.js';
import type { ArtifactEntry, ArtifactNames, ArtifactStore, EntryPage, EntryRange, OpenArtifact } from './artifact-store.js';
import { checkContent, requireSize, type ContentRules, type ReceivedContent } from './checked-content.js';
import { createRunPlaces, type ArtifactOwner } from './run-places.js';

/** Entries of a run, and the folder they are in, from the run's own down. */
export interface RunArtifactPage extends EntryPage {
  readonly folder: ArtifactNames;
}

/** Content that comes in. */
export interface NewContent {
  readonly content: AsyncIterable<Uint8Array>;
  /** Size, where it is known before. */
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/**
 * The files of runs, in the folders and buckets that their sources may use. Every method throws SOURCE_UNAVAILABLE or
 * SOURCE_TIMEOUT when the place of a run cannot be reached, and RuleError INVALID for a path that is none.
 */
export interface RunArtifacts {
  /**
   * What is directly below a folder of a run; of a path that is a file, that file alone.
   * @throws NOT_FOUND when there is neither; the artifacts of a run that has none are an empty page
   */
  list(run: ArtifactOwner, path: string, range: EntryRange): Promise<RunArtifactPage>;
  /** How many entries `list` has in all. */
  count(run: ArtifactOwner, path: string): Promise<number>;
  /** SHA-256 of a file that `list` gave. @throws QUERY_TOO_COMPLEX */
  digest(run: ArtifactOwner, path: ArtifactNames, entry: ArtifactEntry, budget: DigestBudget): Promise<string | null>;
  /** @throws NOT_FOUND when there is no such source, run or file */
  open(run: NativeRef, names: ArtifactNames): Promise<OpenArtifact>;
  /** @throws RuleError NOT_FOUND, READ_ONLY, CONFLICT, TOO_LARGE, INVALID; nothing has changed then */
  put(run: NativeRef, names: ArtifactNames, file: NewContent): Promise<ReceivedContent>;
  /** Removes a file, or a folder with all that is in it. @throws RuleError NOT_FOUND, READ_ONLY, CONFLICT */
  remove(run: NativeRef, names: ArtifactNames): Promise<void>;
  /** Where `mlflow-artifacts:` of `local` begins: what MLflow's own clients write to. */
  readonly proxied: ArtifactStore;
  /** Bytes one artifact may have. */
  readonly maxBytes: number;
}

export interface RunArtifactNeeds {
  readonly sources: Sources;
  /** By the name of the source. */
  readonly locations: ReadonlyMap<string, ArtifactLocations>;
  readonly digests: ArtifactDigests;
  readonly maxBytes: number;
}

export function createRunArtifacts({ sources, locations, digests, maxBytes }: RunArtifactNeeds): RunArtifacts {
  const { placeOf, writablePlace } = createRunPlaces(sources, locations);
  return {
    maxBytes,
    proxied: locations.get('local')!.proxied!,
    list: (run, path, range) =>
      reach(run, async () => {
        const asked = artifactNames(path);
        const { store, names } = await placeOf(run, asked);
        const page = await store.list(names, range);
        return page ? { ...page, folder: asked } : { ...fileAlone(await store.stat(names), path, range), folder: asked.slice(0, -1) };
      }),
    count: (run, path) =>
      reach(run, async () => {
        const { store, names } = await placeOf(run, artifactNames(path));
        if ((await store.stat(names))?.isDirectory === false) return 1;
        let count = 0;
        for await (const batch of store.batches(names)) count += batch.length;
        return count;
      }),
    digest: (run, path, { bytes, version }, budget) =>
      reach(run, async () => {
        if (bytes === null || version === null) return null;
        const { store, names } = await placeOf(run, path);
        return digests.of(store, names, { bytes, version }, budget);
      }),
    open: (ref, path) =>
      reach(ref, async () => {
        const [run] = await sources.get(ref.source).runs.runsByIds([ref.nativeId]);
        if (!run) throw fail('NOT_FOUND', 'There is no such run.', { argument: 'run' });
        const { store, names } = await placeOf(run, path);
        const found = await store.open(names);
        if (!found) throw fail('NOT_FOUND', 'The run has no such file.', { argument: 'path' });
        return { ...found, read: (range) => reach(ref, () => found.read(range)) };
      }),
    put: (ref, path, { content, bytes, sha256 }) =>
      reach(ref, async () => {
        if (bytes !== null) requireSize(bytes, maxBytes);
        const { store, names } = await writablePlace(ref, path);
        return putChecked(store, names, content, { maxBytes, sha256 });
      }),
    remove: (ref, path) =>
      reach(ref, async () => {
        const { store, names } = await writablePlace(ref, path);
        if (!(await store.remove(names))) throw refuse('NOT_FOUND', 'The run has no such file or folder.', ['path']);
      }),
  };
}

/** Works with what belongs to a source; a store that fails is told as everywhere. */
const reach = <T>({ source }: { readonly source: string }, work: () => Promise<T>): Promise<T> => answerOf(source, work());

/** Writes content that must keep rules; nothing changes when it does not. @throws RuleError TOO_LARGE, INVALID, CONFLICT */
export async function putChecked(
  store: ArtifactStore,
  names: ArtifactNames,
  content: AsyncIterable<Uint8Array>,
  rules: ContentRules,
): Promise<ReceivedContent> {
  const checked = checkContent(content, rules);
  await store.put(names, checked.content);
  return checked.received();
}

/** The page of a path that is no folder. */
function fileAlone(file: ArtifactEntry | null, path: string, { limit, after }: EntryRange): EntryPage {
  if (!file && path !== '') throw fail('NOT_FOUND', `The run has no artifact ${JSON.stringify(path)}.`, { argument: 'path' });
  const entries = file && !file.isDirectory && after === null ? [file] : [];
  return { entries: entries.slice(0, limit), hasMore: entries.length > limit };
}
