import type { Clock } from '../../../core/clock.js';
import type { Logger } from '../../../core/logger.js';
import type { KeySelection, MetricTerm } from '../../run-store.js';
import { createBestMemory } from './best-memory.js';
import { createChecks } from './foreign-checks.js';
import { createForeignFilling } from './foreign-filling.js';
import type { ForeignAnswer, ForeignQuestions } from './foreign-question.sql.js';
import type { BestOfKey, StatsOfRuns, StatsRef } from './foreign-stats.sql.js';
import type { ForeignNeeds } from './known-source.js';
import { guarded, OwnFailure } from '../own-failure.js';

/** What of an attached database a question wants to know without reading histories. */
export interface StatisticsWanted {
  /** Terms with MIN or MAX. */
  readonly best: readonly MetricTerm[];
  readonly runs: { readonly ids: readonly string[]; readonly keys: KeySelection } | null;
}

/** Answers questions about the best values of metrics of one attached SQLite database. */
export interface ForeignStatistics {
  /**
   * The same answer the database gives by itself, at a moment between the call and the answer. What is not known yet is read
   * first, in short statements, and kept in our own database.
   * @throws StoreFailure when the attached database cannot be read; that ours cannot only makes the answer slower
   */
  ask<Name extends keyof ForeignQuestions>(
    name: Name,
    input: Parameters<ForeignQuestions[Name]>[1],
    wanted: StatisticsWanted,
  ): Promise<Awaited<ReturnType<ForeignQuestions[Name]>>>;
  /** Begins nothing more; resolves when what is under way has ended. */
  close(): Promise<void>;
}

interface Known {
  readonly best: readonly BestOfKey[];
  readonly runs: StatsOfRuns | null;
}

/** So often a question is asked with statistics before it is asked without. */
const attempts = 4;
/** New points beyond this are taken in after the answer, so that the next question need not read them again. */
const behindTooMany = 500;

export function createForeignStatistics(needs: ForeignNeeds & { clock: Clock; log: Logger }): ForeignStatistics {
  const { name: source, foreign, clock, log } = needs;
  const memory = createBestMemory();
  const checks = createChecks(clock);
  const onForget = () => (memory.clear(), checks.clear());
  const filling = createForeignFilling(needs, { onMove: memory.move, onForget });
  const collect = createCollector(needs, { memory, filling });
  let hasWarned = false;

  async function askKnowing(name: keyof ForeignQuestions, input: never, wanted: StatisticsWanted): Promise<{ answer: never } | null> {
    for (let tried = 0; tried < attempts; tried++) {
      const ref = await filling.open();
      if (!ref) return null;
      const known = await collect(ref, wanted);
      if (!known) {
        filling.lookAgain(ref);
        continue;
      }
      const due = checks.due(known.best, known.runs);
      const question = { name, input, position: ref.position, best: known.best, series: known.runs?.stats ?? null, checks: due };
      const said = (await foreign.read('askForeign', question)) as ForeignAnswer<never>;
      if (said.kind === 'answer') {
        checks.passed(due, said.version);
        if (said.behind > behindTooMany) filling.catchUpLater(ref);
        return said;
      }
      await (said.kind === 'behind' ? filling.catchUp(ref) : filling.beginAnew(ref));
    }
    return null;
  }

  return {
    async ask<Name extends keyof ForeignQuestions>(name: Name, input: Parameters<ForeignQuestions[Name]>[1], wanted: StatisticsWanted) {
      try {
        const said = await askKnowing(name, input as never, wanted);
        if (said) return said.answer;
      } catch (error) {
        if (!(error instanceof OwnFailure)) throw error;
        // Without statistics the answer is the same, and only slower.
        if (!hasWarned) log.warn({ source, err: error.cause }, 'statistics of the source cannot be kept; its histories are read instead');
        hasWarned = true;
      }
      return foreign.read(name, input) as Promise<never>;
    },
    close: () => filling.close(),
  };
}

/** Collects what a question wants to know, and has read what is not known yet. Null: what is known has moved on meanwhile. */
function createCollector(
  needs: ForeignNeeds,
  { memory, filling }: { memory: ReturnType<typeof createBestMemory>; filling: ReturnType<typeof createForeignFilling> },
) {
  const own = guarded(needs.own);

  async function bestOf(ref: StatsRef, { key, aggregate }: MetricTerm): Promise<BestOfKey | null> {
    const term = { key, aggregate: aggregate as 'MIN' | 'MAX' };
    const read = () => own.read('readBestOfKey', { ...ref, ...term });
    let known = memory.get(ref, term) ?? (await read());
    if (!known) {
      await filling.fillKey(ref, key);
      known = await read();
    }
    if (known) memory.keep(ref, known);
    return known;
  }

  async function statsOf(ref: StatsRef, { ids, keys }: NonNullable<StatisticsWanted['runs']>): Promise<StatsOfRuns | null> {
    const read = () => own.read('readStatsOfRuns', { ...ref, runIds: ids, keys });
    const missing = ({ points }: StatsOfRuns) => ids.filter((id) => !points.has(id));
    const known = await read();
    if (missing(known).length === 0) return known;
    await filling.fillRuns(ref, missing(known));
    const filled = await read();
    return missing(filled).length === 0 ? filled : null;
  }

  return async (ref: StatsRef, wanted: StatisticsWanted): Promise<Known | null> => {
    const best: BestOfKey[] = [];
    for (const term of wanted.best) {
      const known = await bestOf(ref, term);
      if (!known) return null;
      best.push(known);
    }
    const runs = wanted.runs && (await statsOf(ref, wanted.runs));
    return wanted.runs && !runs ? null : { best, runs };
  };
}
