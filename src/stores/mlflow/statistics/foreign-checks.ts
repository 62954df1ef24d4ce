import type { Clock } from '../../../core/clock.js';
import type { ForeignCheck } from './foreign-question.sql.js';
import type { BestOfKey, StatsOfRuns } from './foreign-stats.sql.js';

/**
 * When points are counted to prove that statistics still hold. MLflow never takes away or changes single points, so this is
 * for those who do it with a SQL prompt: they are noticed within seconds of the next question.
 */
export interface ForeignChecks {
  /** What has not been counted lately. */
  due(best: readonly BestOfKey[], runs: StatsOfRuns | null): ForeignCheck[];
  /** They were right at this version of the database. */
  passed(checks: readonly ForeignCheck[], version: string): void;
  clear(): void;
}

/** Counting a million points takes 60 ms. */
const countEveryMs = 10_000;
const maxRemembered = 1_000;

export function createChecks(clock: Clock): ForeignChecks {
  const seen = new Map<string, { readonly at: number; readonly version: string }>();

  function dueCheck(of: ForeignCheck['of'], points: ReadonlyMap<string, number>): ForeignCheck[] {
    const last = seen.get(nameOf({ of, points }));
    return last && clock.now() - last.at < countEveryMs ? [] : [{ of, points, since: last?.version ?? null }];
  }

  return {
    due: (best, runs) => [
      ...best.flatMap(({ key, points }) => dueCheck('keys', new Map([[key, points]]))),
      ...(runs && runs.points.size > 0 ? dueCheck('runs', runs.points) : []),
    ],
    passed(checks, version) {
      if (seen.size > maxRemembered) seen.clear();
      for (const check of checks) seen.set(nameOf(check), { at: clock.now(), version });
    },
    clear: () => seen.clear(),
  };
}

const nameOf = ({ of, points }: Pick<ForeignCheck, 'of' | 'points'>): string => `${of} ${[...points.keys()].join('\0')}`;
