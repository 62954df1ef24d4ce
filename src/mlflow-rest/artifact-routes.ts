import type { CursorCodec } from '../core/cursor.js';
import { RequestError } from '../core/errors.js';
import { entryKey } from '../stores/artifacts/artifact-store.js';
import type { RunArtifactPage, RunArtifacts } from '../stores/artifacts/run-artifacts.js';
import type { Source } from '../stores/sources.js';
import { toFiles } from './artifact-files.js';
import { createPageTokens } from './page-tokens.js';
import { fieldsOf, invalid, runIdOf } from './request-fields.js';
import type { RestRequest, Route } from './route.js';
import { noSuchRun } from './tracking-needs.js';

/** Files of one page. */
const pageSize = 1_000;

export interface ArtifactRouteNeeds {
  readonly source: Source;
  readonly artifacts: Pick<RunArtifacts, 'list'>;
  /** Signs page tokens. */
  readonly cursors: CursorCodec;
}

/** `GET artifacts/list`: what is directly below a folder of a run, by name; of a file, and of nothing, no files, as with MLflow. */
export function createArtifactRoutes({ source, artifacts, cursors }: ArtifactRouteNeeds): Route[] {
  async function list(request: RestRequest): Promise<object> {
    const fields = fieldsOf(request);
    const runId = runIdOf(fields);
    const path = (fields.text('path') ?? '').replace(/\/$/, '');
    const [run] = await source.runs.runsByIds([runId]);
    if (!run) throw noSuchRun(runId);
    const tokens = createPageTokens<string>(cursors, ['artifacts', runId, path], { pack: (key) => key, unpack: String });
    const range = { limit: pageSize, after: tokens.read(fields.text('page_token')) };
    const { entries, hasMore, folder } = await artifacts.list(run, path, range).catch(nothingThere);
    const isFolder = folder.join('/') === path;
    return {
      root_uri: run.artifactLocation ?? undefined,
      files: isFolder && entries.length > 0 ? toFiles(path, entries) : undefined,
      next_page_token: hasMore ? tokens.write(entryKey(entries.at(-1)!)) : undefined,
    };
  }
  return [{ method: 'GET', path: '/2.0/mlflow/artifacts/list', answer: list }];
}

function nothingThere(error: unknown): RunArtifactPage {
  if (!(error instanceof RequestError)) throw error;
  if (error.code === 'NOT_FOUND') return { entries: [], hasMore: false, folder: [] };
  // A place that may not be read is none the next time either; clients would ask for minutes.
  throw error.detail.location === undefined ? error : invalid(error.message);
}
