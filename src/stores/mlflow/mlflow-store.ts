import type { RegistryStore } from '../registry-store.js';
import type { RunStore } from '../run-store.js';
import { statusOfFailure, type SourceStatus } from '../sources.js';
import type { LoggedModelStore } from '../logged-model-store.js';
import type { TraceStore } from '../trace-store.js';
import type { MlflowReader } from './reads.js';

/** The run store of an MLflow-shaped database. */
export function createMlflowRunStore({ read }: MlflowReader): RunStore {
  return {
    page: (query, request) => read('runPage', { query, request }),
    firstPages: (query, experimentIds, limit) => read('firstRunPages', { query, experimentIds, limit }),
    count: (filter) => read('runCount', filter),
    runsByIds: (ids) => read('runsByIds', ids),
    parts: (ids, selection) => read('runParts', { ids, selection }),
    groups: (query) => read('runGroups', query),
    series: (query) => read('readSeries', query),
    history: (query) => read('readHistory', query),
    spread: (query) => read('readSpread', query),
    experimentPage: (query, request) => read('experimentPage', { query, request }),
    experimentCount: (filter) => read('experimentCount', filter),
    experimentsByIds: (ids) => read('experimentsByIds', ids),
    experimentTags: (ids) => read('experimentTags', ids),
    keys: (experimentId, kind, startsWith, limit) => read('experimentKeys', { experimentId, kind, startsWith, limit }),
  };
}

/** The model registry of an MLflow-shaped database. */
export function createMlflowRegistryStore({ read }: MlflowReader): RegistryStore {
  return {
    modelPage: (query, request) => read('modelPage', { query, request }),
    modelCount: (filter) => read('modelCount', filter),
    modelsByNames: (names) => read('modelsByNames', names),
    modelTags: (names) => read('modelTags', names),
    aliases: (names) => read('aliases', names),
    versionPage: (query, request) => read('versionPage', { query, request }),
    versionCount: (filter) => read('versionCount', filter),
    versionsByKeys: (keys) => read('versionsByKeys', keys),
    versionTags: (keys) => read('versionTags', keys),
    versionsOfRuns: (runIds) => read('versionsOfRuns', runIds),
    versionsWithTag: (key, values) => read('versionsWithTag', { key, values }),
    latestVersions: (names) => read('latestVersions', names),
  };
}

/** The traces of an MLflow-shaped database. */
export function createMlflowTraceStore({ read }: MlflowReader): TraceStore {
  return {
    page: (query, request) => read('tracePage', { query, request }),
    count: (filter) => read('traceCount', filter),
    tracesByIds: (ids) => read('tracesByIds', ids),
    parts: (ids) => read('traceParts', ids),
    spans: (ids) => read('traceSpans', ids),
  };
}

/** The logged models of an MLflow-shaped database. */
export function createMlflowLoggedModelStore({ read }: MlflowReader): LoggedModelStore {
  return {
    page: (query, request) => read('loggedModelPage', { query, request }),
    modelsByIds: (ids) => read('loggedModelsByIds', ids),
    modelsOfRuns: (runIds) => read('modelsOfRuns', runIds),
  };
}

/** How the database is now. */
export async function mlflowStatus({ read }: MlflowReader): Promise<SourceStatus> {
  try {
    const { revision, runCount, pointCount } = await read('summary', null);
    return { state: 'READY', reason: null, schemaVersion: revision, runCount, pointCount };
  } catch (error) {
    return statusOfFailure(error);
  }
}
