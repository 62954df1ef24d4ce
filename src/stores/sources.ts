import { fail } from '../core/errors.js';
import type { DashaiHome } from './dashai/dashai-store.js';
import type { DashaiWriter } from './dashai/dashai-writer.js';
import type { RunFeed } from './feed.js';
import type { LoggedModelStore } from './logged-model-store.js';
import type { LoggedModelWriter } from './logged-model-writer.js';
import type { LogStore } from './log-store.js';
import type { ModelFeed } from './model-feed.js';
import type { RegistryStore } from './registry-store.js';
import type { RegistryWriter } from './registry-writer.js';
import type { RunStore } from './run-store.js';
import type { RunWriter } from './run-writer.js';
import { StoreFailure } from './store-failure.js';
import type { TraceStore } from './trace-store.js';
import type { TraceWriter } from './trace-writer.js';

export type SourceKind = 'NATIVE' | 'MLFLOW' | 'DASHAI' | 'TRACKIO' | 'DREAMLAKE' | 'MLDASH';
export type SourceState = 'READY' | 'CATCHING_UP' | 'MISSING' | 'UNAVAILABLE' | 'INCOMPATIBLE';

/** How a source is now, found out when it is asked for. Counts are null while it cannot be read. */
export interface SourceStatus {
  readonly state: SourceState;
  readonly reason: string | null;
  readonly schemaVersion: string | null;
  readonly runCount: number | null;
  readonly pointCount: bigint | null;
  /** How the data lies there, where that is only seen by looking; absent: as `Source.layout` says. */
  readonly layout?: string;
}

/** A place where experiments live, with the stores that answer for it. */
export interface Source {
  readonly name: string;
  readonly kind: SourceKind;
  /** Where it is, without credentials. */
  readonly location: string;
  /** How the data lies there, in words. */
  readonly layout: string;
  readonly connectedAt: number;
  readonly runs: RunStore;
  readonly registry: RegistryStore;
  readonly traces: TraceStore;
  readonly loggedModels: LoggedModelStore;
  /** Null: the source is attached read-only. */
  readonly writer: RunWriter | null;
  /** Null: the registry cannot be written. */
  readonly registryWriter: RegistryWriter | null;
  /** Null: traces cannot be written to the source. */
  readonly traceWriter: TraceWriter | null;
  /** Null: logged models cannot be written to the source. */
  readonly loggedModelWriter: LoggedModelWriter | null;
  /** Null: the source cannot be followed live. */
  readonly feed: RunFeed | null;
  /** Absent: the registry cannot be followed live. */
  readonly modelFeed?: ModelFeed;
  /** Absent: the source is no DashAI home. */
  readonly dashai?: DashaiHome;
  /** Absent: the source is no DashAI home, or one that is only read. */
  readonly dashaiWriter?: DashaiWriter;
  /** Absent: the source keeps no log lines. */
  readonly logs?: LogStore;
  status(): Promise<SourceStatus>;
}

/** All sources by name; `local` is always the first. */
export interface Sources {
  readonly all: readonly Source[];
  find(name: string): Source | null;
  /** @throws NOT_FOUND when no source has the name */
  get(name: string, argument?: string): Source;
}

export function createSources(all: readonly Source[]): Sources {
  const find = (name: string) => all.find((source) => source.name === name) ?? null;
  return {
    all,
    find,
    get(name, argument = 'source') {
      const source = find(name);
      if (source) return source;
      throw fail('NOT_FOUND', `There is no source ${JSON.stringify(name)}; there are ${all.map((known) => known.name).join(', ')}.`, {
        argument,
      });
    },
  };
}

const states: Readonly<Record<StoreFailure['reason'], SourceState>> = {
  MISSING: 'MISSING',
  BUSY: 'UNAVAILABLE',
  CORRUPT: 'UNAVAILABLE',
  UNREADABLE: 'UNAVAILABLE',
  INCOMPATIBLE: 'INCOMPATIBLE',
};

/** The state a failure means. @throws the error itself when it is a defect and not the store's */
export function statusOfFailure(error: unknown): SourceStatus {
  if (!(error instanceof StoreFailure)) throw error;
  return { state: states[error.reason], reason: error.message, schemaVersion: null, runCount: null, pointCount: null };
}

/** What one source said to a question that went to several. */
export interface SourceAnswer {
  readonly source: string;
  readonly error: { readonly code: 'SOURCE_UNAVAILABLE' | 'SOURCE_TIMEOUT'; readonly message: string } | null;
}

/** Asks each source; one that fails gives its coded entry instead of an answer, and the others' answers still come. */
export async function askEach<T>(
  sources: readonly Source[],
  question: (source: Source) => Promise<T>,
): Promise<{ answers: T[]; sources: SourceAnswer[] }> {
  const asked = await Promise.all(
    sources.map(async (source) => {
      try {
        return { source: source.name, answer: await question(source), error: null };
      } catch (error) {
        if (!(error instanceof StoreFailure)) throw error;
        return { source: source.name, answer: null, error: answerError(error) };
      }
    }),
  );
  return {
    answers: asked.filter(({ error }) => error === null).map(({ answer }) => answer as T),
    sources: asked.map(({ source, error }) => ({ source, error })),
  };
}

const answerError = (failure: StoreFailure): NonNullable<SourceAnswer['error']> => ({
  code: failure.reason === 'BUSY' ? 'SOURCE_TIMEOUT' : 'SOURCE_UNAVAILABLE',
  message: failure.message,
});

/** @throws SOURCE_UNAVAILABLE or SOURCE_TIMEOUT when one of them did not answer: what was not found may be there */
export function requireAnswers(answers: readonly SourceAnswer[]): void {
  const silent = answers.find(({ error }) => error !== null);
  if (silent) throw fail(silent.error!.code, `Source ${silent.source}: ${silent.error!.message}`, { source: silent.source });
}

/** Asks one source that must answer. @throws SOURCE_UNAVAILABLE or SOURCE_TIMEOUT when it cannot */
export const askOne = <T>(source: Source, question: (source: Source) => Promise<T>): Promise<T> => answerOf(source.name, question(source));

/** As `askOne`, for a question that was asked already. */
export async function answerOf<T>(source: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    const { code, message } = answerError(error);
    throw fail(code, `Source ${source}: ${message}`, { source });
  }
}
