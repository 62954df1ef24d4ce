import type { RunEventKind } from '../../feed.js';
import type { MlflowReader } from '../reads.js';
import { marksPerRun, type RunMarks } from './run-marks.sql.js';

/** Something that somebody else did to a run. */
export interface RunChange {
  readonly runId: string;
  readonly kind: RunEventKind;
}

/** Finds out what others did to runs by comparing how the runs are with how they were. */
export interface RunChanges {
  /** What has changed since the last look; nothing the first time. */
  look(): Promise<RunChange[]>;
}

export function createRunChanges({ read }: MlflowReader): RunChanges {
  let before: RunMarks | null = null;
  return {
    async look() {
      const now = await read('runMarks', null);
      const changed = before ? compare(before, now) : new Map<bigint, RunEventKind | 'STAGE_CHANGED'>();
      const runs = changed.size > 0 ? await read('runsOfMarks', [...changed.keys()]) : [];
      before = now;
      return runs.map(({ number, runId, isDeleted }) => {
        const kind = changed.get(number)!;
        return { runId, kind: kind === 'STAGE_CHANGED' ? (isDeleted ? 'DELETED' : 'UPDATED') : kind };
      });
    },
  };
}

/** Numbers of runs that are new or differ. Runs that are gone cannot be told: an event shows its run. */
function compare(before: RunMarks, now: RunMarks): Map<bigint, RunEventKind | 'STAGE_CHANGED'> {
  const changed = new Map<bigint, RunEventKind | 'STAGE_CHANGED'>();
  let old = 0;
  now.runs.forEach((run, index) => {
    while (old < before.runs.length && before.runs[old]! < run) old++;
    if (before.runs[old] !== run) return changed.set(run, 'CREATED');
    const differs = (mark: number) => before.marks[old * marksPerRun + mark] !== now.marks[index * marksPerRun + mark];
    if (differs(1)) changed.set(run, 'STAGE_CHANGED');
    else if (differs(0)) changed.set(run, 'STATUS_CHANGED');
    else if (differs(2)) changed.set(run, 'UPDATED');
  });
  return changed;
}
