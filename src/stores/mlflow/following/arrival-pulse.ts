import type { ArrivalMemory } from './arrival-memory.js';
import { endOf, inTurn, lookAt } from './arrival-look.js';
import { commitState, textDigests } from './arrival.sql.js';
import type { MlflowDatabase } from '../layout.js';
import type { Pulse, PulseQuestion } from './pulse.js';

/** Rows are counted at most so often; and counting, and comparing texts, takes at most a twentieth of the time. */
const countEveryMs = 5_000;
const share = 20;

interface Mark {
  /** Null where the server does not tell whether somebody has committed. */
  readonly state: string | null;
  /** Whether somebody has committed since rows were counted, or texts compared; and when that is done next. */
  readonly isCountOwed: boolean;
  readonly countAt: number;
  readonly areTextsOwed: boolean;
  readonly textsAt: number;
}

const isMark = (mark: object | null): mark is Mark => mark !== null && 'isCountOwed' in mark;

/**
 * Looks what is new: cheaply whether somebody has committed at all; then whether the latest points of the followed runs are
 * others; and now and then by counting rows, because what is logged late changes no latest point.
 */
export async function arrivalPulse(database: MlflowDatabase, question: PulseQuestion): Promise<Pulse> {
  const before = isMark(question.since) ? question.since : null;
  const state = await commitState(database, null);
  const now = performance.now();
  const hasChanged = state === null || state !== before?.state;
  const [countAt, textsAt] = [before?.countAt ?? now + countEveryMs, before?.textsAt ?? now];
  const [isCountOwed, areTextsOwed] = [hasChanged || before.isCountOwed, hasChanged || before.areTextsOwed];
  const isCounting = isCountOwed && now >= countAt;
  const isComparing = question.areTextsWanted && areTextsOwed && now >= textsAt;

  const moved = hasChanged || isCounting ? await inTurn(database, (memory) => whatMoved(database, memory, question, isCounting)) : [];
  const counted = performance.now();
  const withTexts = isComparing ? await inTurn(database, (memory) => whatWasWritten(database, memory)) : [];
  const compared = performance.now();
  return {
    mark: {
      state,
      isCountOwed: isCountOwed && !isCounting,
      countAt: isCounting ? counted + Math.max(countEveryMs, share * (counted - now)) : countAt,
      areTextsOwed: areTextsOwed && !isComparing,
      textsAt: isComparing ? compared + share * (compared - counted) : textsAt,
    } satisfies Mark,
    hasChanged,
    withPoints: before ? moved : 'all',
    isUnclear: hasChanged || isCounting,
    withTexts,
  };
}

/** Followed runs that are not where they were when this was last asked, whoever read them meanwhile. */
async function whatMoved(
  database: MlflowDatabase,
  memory: ArrivalMemory,
  { followed }: PulseQuestion,
  isCounting: boolean,
): Promise<string[]> {
  if (isCounting) memory.round++;
  const ends = new Map((await lookAt(database, memory, followed)).map((run) => [run.runId, endOf(run)]));
  const moved = followed.filter((runId) => memory.told.get(runId) !== ends.get(runId));
  memory.told = ends;
  return moved;
}

/** Runs whose params or tags are others than when this was last asked. */
async function whatWasWritten(database: MlflowDatabase, memory: ArrivalMemory): Promise<string[]> {
  const before = memory.texts;
  memory.texts = await textDigests(database);
  if (!before) return [];
  return [...memory.texts].filter(([runId, digest]) => before.get(runId) !== digest).map(([runId]) => runId);
}
