import type { RunEventKind } from '../feed.js';
import type { MlflowReader } from './reads.js';
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
      const runs = changed.size > 0 ? await read('runsInRows', [...changed.keys()]) : [];
      before = now;
      return runs.map(({ row, runId, isDeleted }) => {
        const kind = changed.get(row)!;
        return { runId, kind: kind === 'STAGE_CHANGED' ? (isDeleted ? 'DELETED' : 'UPDATED') : kind };
      });
    },
  };
}

/** Rows that are new or differ. Runs that are gone cannot be told: an event shows its run. */
function compare(before: RunMarks, now: RunMarks): Map<bigint, RunEventKind | 'STAGE_CHANGED'> {
  const changed = new Map<bigint, RunEventKind | 'STAGE_CHANGED'>();
  let old = 0;
  now.rows.forEach((row, index) => {
    while (old < before.rows.length && before.rows[old]! < row) old++;
    if (before.rows[old] !== row) return changed.set(row, 'CREATED');
    const differs = (mark: number) => before.marks[old * marksPerRun + mark] !== now.marks[index * marksPerRun + mark];
    if (differs(1)) changed.set(row, 'STAGE_CHANGED');
    else if (differs(0)) changed.set(row, 'STATUS_CHANGED');
    else if (differs(2)) changed.set(row, 'UPDATED');
  });
  return changed;
}
