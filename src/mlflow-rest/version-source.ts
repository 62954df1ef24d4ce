import { resolve } from 'node:path';
import { parseArtifactUri } from '../core/artifact-uri.js';
import type { LoggedModelRecord } from '../stores/logged-model-store.js';
import { askOne, type Source } from '../stores/sources.js';
import { invalid } from './request-fields.js';

/** What a new version is said to be made from. */
export interface VersionSource {
  readonly sourceUri: string;
  readonly runId: string | null;
  readonly modelId: string | null;
}

/**
 * Makes sure, as MLflow's server does, that a version names no files but those of the run or logged model it says it comes from:
 * whoever may fetch its files would else reach any file of the server. A `models:/m-…` source lies where that model does.
 * @throws INVALID_PARAMETER_VALUE
 */
export async function checkedSource(
  source: Source,
  asked: VersionSource,
): Promise<{ readonly runId: string | null; readonly storageLocation: string | null }> {
  const model = asked.modelId ? await modelOf(source, asked.modelId, asked.sourceUri) : null;
  const runId = asked.runId || model?.sourceRunId || null;
  const owner = asked.modelId ? 'model_id' : 'run_id';
  const { sourceUri } = asked;
  const isLocal = /^(?:file:|(?![A-Za-z][A-Za-z0-9+.-]*:))/i.test(sourceUri);
  if (!isLocal) refuseDetours(sourceUri);
  const named = /^(models|runs):\/+([^/]+)/.exec(sourceUri);
  if (/^(models|runs):\/\/[^/]/.test(sourceUri)) throw notOf(sourceUri, owner);
  if (named?.[1] === 'runs' && (model !== null || named[2] !== asked.runId)) throw notOf(sourceUri, owner);
  if (named?.[1] === 'models' && /^models:\/+m-[^/@]+$/.test(sourceUri)) {
    if (model === null || named[2] !== model.nativeId) throw notOf(sourceUri, 'model_id');
    return { runId, storageLocation: model.artifactLocation };
  }
  if (isLocal || isProxied(sourceUri)) {
    const root = model ? model.artifactLocation : asked.runId ? await artifactsOf(source, asked.runId) : null;
    if (root === null || !isBelow(root, sourceUri)) throw isLocal ? notLocal(sourceUri, owner) : notOf(sourceUri, owner);
  }
  return { runId, storageLocation: null };
}

async function modelOf(source: Source, modelId: string, sourceUri: string): Promise<LoggedModelRecord> {
  const [model] = await askOne(source, ({ loggedModels }) => loggedModels.modelsByIds([modelId]));
  if (model && !model.isDeleted) return model;
  throw notOf(sourceUri, 'model_id');
}

async function artifactsOf(source: Source, runId: string): Promise<string | null> {
  const [run] = await askOne(source, ({ runs }) => runs.runsByIds([runId]));
  return run?.artifactLocation ?? null;
}

/** Refuses `..`, however often it is encoded, and NUL. */
function refuseDetours(sourceUri: string): void {
  const text = decoded(sourceUri);
  if (!text.includes('\0') && !text.split(/[/\\]/).some((part) => part === '..' || part === '.')) return;
  throw invalid(
    `Invalid model version source: '${sourceUri}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
  );
}

function decoded(text: string): string {
  try {
    const once = decodeURIComponent(text);
    return once === text ? text : decoded(once);
  } catch {
    return text; // a percent sign that begins no escape
  }
}

/** Served by an MLflow server, and so, perhaps, by this one. */
const isProxied = (uri: string): boolean =>
  /^mlflow-artifacts:/i.test(uri) || /^https?:.*\/api\/2\.0\/mlflow-artifacts\/artifacts(?:\/|$)/i.test(decoded(uri));

function isBelow(root: string, uri: string): boolean {
  const [above, below] = [parseArtifactUri(root), parseArtifactUri(uri)];
  if (above.kind === 'folder' && below.kind === 'folder') return startsWithNames(resolve(above.path), resolve(below.path));
  return above.kind === 'proxied' && below.kind === 'proxied' && above.path !== '' && startsWithNames(above.path, decoded(below.path));
}

const startsWithNames = (root: string, path: string): boolean => path === root || path.startsWith(`${root}/`);

const notOf = (sourceUri: string, owner: string) =>
  invalid(
    `Invalid model version source: '${sourceUri}'. The ${owner} request parameter must identify the resource that contains the source.`,
  );

const notLocal = (sourceUri: string, owner: string) =>
  invalid(
    `Invalid model version source: '${sourceUri}'. To use a local path as a model version source, the ${owner} request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the ${owner}.`,
  );
