import { encodeId } from '../../core/ids.js';
import { runTags, type ExperimentRecord, type PartSelection, type RunParts, type RunRecord } from '../../stores/run-store.js';
import type { SelectedField } from '../../schema-kit/selection.js';

/** A run as resolvers pass it on: its record, its id, and the parts that were read together with it. */
export interface RunNode extends RunRecord {
  readonly id: string;
  readonly parts: Partial<RunParts>;
  /** Which keys `parts` has; a part that is not here, or lacks a key, is loaded when it is asked for. */
  readonly selection: PartSelection;
}

export interface ExperimentNode extends ExperimentRecord {
  readonly id: string;
}

export const toRunNode = (record: RunRecord, parts: Partial<RunParts> = {}, selection: PartSelection = {}): RunNode => ({
  ...record,
  id: encodeId('Run', record.source, record.nativeId),
  parts,
  selection,
});

export const toExperimentNode = (record: ExperimentRecord): ExperimentNode => ({
  ...record,
  id: encodeId('Experiment', record.source, record.nativeId),
});

const extremeFields = ['min', 'max', 'minStep', 'maxStep', 'count'];

/** The parts that the selected fields of `Run` need, so that a page reads each of them once. */
export function partsOf(fields: readonly SelectedField[]): PartSelection {
  const keys = { params: new Set<string>(), tags: new Set<string>(), metrics: new Set<string>() };
  const all = new Set<string>();
  let extremes = false;
  let inputs = false;
  const want = (part: 'params' | 'tags' | 'metrics', wanted: unknown) => {
    if (!Array.isArray(wanted)) all.add(part);
    else for (const key of wanted as string[]) keys[part].add(key);
  };
  for (const { name, arguments: args, below } of fields) {
    if (name === 'params') want('params', args.keys);
    if (name === 'param') want('params', [args.key]);
    if (name === 'tags') want('tags', args.keys);
    if (name === 'tag') want('tags', [args.key]);
    if (name === 'note') want('tags', [runTags.note]);
    if (name === 'parent') want('tags', [runTags.parent]);
    if (name === 'metrics') want('metrics', args.keys);
    if (name === 'metric') want('metrics', [args.key]);
    if (name === 'metrics' || name === 'metric') extremes ||= extremeFields.some((field) => below.has(field));
    if (name === 'datasetInputs') inputs = true;
  }
  const selection = (part: 'params' | 'tags' | 'metrics') =>
    all.has(part) ? { [part]: 'all' } : keys[part].size > 0 ? { [part]: [...keys[part]] } : {};
  return { ...selection('params'), ...selection('tags'), ...selection('metrics'), extremes, inputs };
}
