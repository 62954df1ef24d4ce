import DataLoader from 'dataloader';
import { tryDecodeId, type NativeRef } from '../../core/ids.js';
import type { KeyValueRecord, RunParts } from '../../stores/run-store.js';
import type { Context } from './context.js';
import { toExperimentNode, toRunNode, type ExperimentNode, type RunNode } from './run-node.js';

const refKey = ({ source, nativeId }: NativeRef): string => `${source}\0${nativeId}`;
const byRef = { cacheKeyFn: refKey };

/** Batches what the fields of single runs and experiments ask for; one set per request. */
export interface RunLoaders {
  readonly run: DataLoader<NativeRef, RunNode | null, string>;
  readonly experiment: DataLoader<NativeRef, ExperimentNode | null, string>;
  readonly experimentTags: DataLoader<NativeRef, readonly KeyValueRecord[], string>;
  readonly params: DataLoader<NativeRef, RunParts['params'], string>;
  readonly tags: DataLoader<NativeRef, RunParts['tags'], string>;
  readonly metrics: DataLoader<NativeRef, RunParts['metrics'], string>;
  readonly inputs: DataLoader<NativeRef, RunParts['inputs'], string>;
}

export function createRunLoaders({ stores: { runs } }: Context): RunLoaders {
  const part = <K extends keyof RunParts>(name: K, selection: Parameters<typeof runs.parts>[1]) =>
    new DataLoader<NativeRef, RunParts[K], string>(
      async (refs) => (await runs.parts(refs, selection)).map((parts) => parts[name] ?? []),
      byRef,
    );
  return {
    run: new DataLoader(async (refs) => (await runs.runs(refs)).map((record) => record && toRunNode(record)), byRef),
    experiment: new DataLoader(async (refs) => (await runs.experiments(refs)).map((record) => record && toExperimentNode(record)), byRef),
    experimentTags: new DataLoader((refs) => runs.experimentTags(refs), byRef),
    params: part('params', { params: 'all' }),
    tags: part('tags', { tags: 'all' }),
    metrics: part('metrics', { metrics: 'all', extremes: true }),
    inputs: part('inputs', { inputs: true }),
  };
}

/** The run with this id, or null. */
export async function loadRun(id: string, context: Context): Promise<RunNode | null> {
  const decoded = tryDecodeId(id);
  return decoded?.type === 'Run' ? context.once(createRunLoaders).run.load(decoded) : null;
}

/** The experiment with this id, or null. */
export async function loadExperiment(id: string, context: Context): Promise<ExperimentNode | null> {
  const decoded = tryDecodeId(id);
  return decoded?.type === 'Experiment' ? context.once(createRunLoaders).experiment.load(decoded) : null;
}
