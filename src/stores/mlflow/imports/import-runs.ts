import { StoreFailure } from '../../store-failure.js';
import type { BegunImport } from './import-begin.js';
import { digestOf, type ImportMark } from './import-marks.sql.js';
import { copyPoints } from './import-points.js';
import type { ImportedRun, RunOutcome } from './import-writes.js';
import type { ImportOptions, ImportSummary } from './import.js';
import type { RunRow } from './import.sql.js';

/** What is copied, once every experiment and model has its place here. */
export type CopyNeeds = ImportOptions & { readonly begun: BegunImport };

/** Their params and tags are held at a time. */
const runsPerPage = 100;

/** Copies all runs of the experiments, with what belongs to them and their points. */
export async function copyRuns(needs: CopyNeeds): Promise<ImportSummary['runs'] & { readonly points: number }> {
  const { from, begun, onProgress } = needs;
  const experimentIds = [...begun.experimentIds.keys()];
  const runsTotal = await from.read('runRowCount', experimentIds);
  const total = { read: 0, created: 0, updated: 0, points: 0 };
  const progress = (points: number) => {
    total.points += points;
    onProgress({ runs: total.read, runsTotal, points: total.points });
  };
  const datasets = new Map<string, string | null>();
  for (let after = ''; ;) {
    const rows = await from.read('runRows', { experimentIds, after, limit: runsPerPage });
    const marks = await marksOf(needs, rows);
    const outcomes = await writeRuns(needs, await changedRuns(needs, rows, marks, datasets));
    const refused = tell(needs, outcomes);
    total.created += outcomes.filter(({ outcome }) => outcome === 'CREATED').length;
    total.updated += outcomes.filter(({ outcome }) => outcome === 'UPDATED').length;
    // What was created has no points yet, whatever an earlier import remembered of it.
    for (const { runId, outcome } of outcomes) if (outcome === 'CREATED') marks.delete(runId);
    const accepted = rows.filter(({ runId }) => !refused.has(runId));
    await copyPoints(needs, accepted, marks, progress);
    total.read += rows.length;
    progress(0);
    if (rows.length < runsPerPage) return total;
    after = rows.at(-1)!.runId;
  }
}

/** Marks of runs that are still here. */
async function marksOf({ into, begun }: CopyNeeds, rows: readonly RunRow[]): Promise<Map<string, ImportMark>> {
  const foreignIds = rows.map(({ runId }) => runId);
  const marks = await into.read('importMarks', { importId: begun.importId, kind: 'run', foreignIds });
  const here = new Set((await into.read('runsByIds', foreignIds)).map(({ nativeId }) => nativeId));
  return new Map(marks.filter(({ localId }) => here.has(localId)).map((mark) => [mark.foreignId, mark]));
}

/** Those of the runs that are new, or differ from what was imported, complete. */
async function changedRuns(
  { from, into, begun }: CopyNeeds,
  rows: readonly RunRow[],
  marks: ReadonlyMap<string, ImportMark>,
  datasets: Map<string, string | null>,
): Promise<ImportedRun[]> {
  const ids = rows.map(({ runId }) => runId);
  const parts = await from.read('runParts', { ids, selection: { params: 'all', tags: 'all' } });
  const inputs = await from.read('inputRows', ids);
  const changed: ImportedRun[] = [];
  for (const [index, row] of rows.entries()) {
    const { params = [], tags = [] } = parts[index]!;
    const digest = digestOf([row, params, tags, inputs[index]]);
    if (marks.get(row.runId)?.digest === digest) continue;
    const placed: ImportedRun['inputs'][number][] = [];
    for (const input of inputs[index]!) {
      if (!datasets.has(input.datasetId)) datasets.set(input.datasetId, await copyDataset(input.datasetId));
      const localDatasetId = datasets.get(input.datasetId);
      if (localDatasetId) placed.push({ ...input, localDatasetId });
    }
    changed.push({ row, experimentId: begun.experimentIds.get(row.experimentId)!, params, tags, inputs: placed, digest });
  }
  return changed;

  /** Each on its own: a profile may have 16 MB. Null: it belongs to an experiment that is not imported. */
  async function copyDataset(datasetId: string): Promise<string | null> {
    const row = await from.read('datasetRow', datasetId);
    const experimentId = row ? begun.experimentIds.get(row.experimentId) : undefined;
    return row && experimentId !== undefined ? into.write('importDataset', { row, experimentId }) : null;
  }
}

type Written = RunOutcome | { readonly runId: string; readonly outcome: 'INVALID'; readonly message: string };

/** One run that the store refuses takes no other with it. */
async function writeRuns({ into, begun }: CopyNeeds, runs: readonly ImportedRun[]): Promise<Written[]> {
  const { importId } = begun;
  if (runs.length === 0) return [];
  try {
    return await into.write('importRuns', { importId, runs });
  } catch (error) {
    if (error instanceof StoreFailure) throw error;
  }
  const outcomes: Written[] = [];
  for (const run of runs) {
    try {
      outcomes.push(...(await into.write('importRuns', { importId, runs: [run] })));
    } catch (error) {
      if (error instanceof StoreFailure) throw error;
      outcomes.push({ runId: run.row.runId, outcome: 'INVALID', message: (error as Error).message });
    }
  }
  return outcomes;
}

/** Tells of runs that were not written. @returns their ids */
function tell({ onConflict }: CopyNeeds, outcomes: readonly Written[]): Set<string> {
  const refused = new Set<string>();
  for (const written of outcomes) {
    const { runId: id, outcome } = written;
    if (outcome === 'CONFLICT') {
      const origin = written.origin === null ? 'did not come from an import' : `was imported from ${written.origin}`;
      onConflict({ kind: 'run', id, code: 'CONFLICT', message: `A run of this id is here and ${origin}.` });
    } else if (outcome === 'INVALID') onConflict({ kind: 'run', id, code: 'INVALID', message: written.message });
    else continue;
    refused.add(id);
  }
  return refused;
}
