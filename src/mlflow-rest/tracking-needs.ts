import type { CursorCodec } from '../core/cursor.js';
import { refuse, type RuleError } from '../core/errors.js';
import type { LoggedModelWriter } from '../stores/logged-model-writer.js';
import type { RunWriter } from '../stores/run-writer.js';
import type { Source } from '../stores/sources.js';
import { RestError } from './rest-error.js';
import { inWordsOf } from './rest-failure.js';

/** What the routes of runs and experiments work with: one source, for MLflow's API knows no others. */
export interface TrackingNeeds {
  readonly source: Source;
  /** Signs page tokens. */
  readonly cursors: CursorCodec;
}

/** @throws READ_ONLY when the source may only be read */
export function writerOf({ name, writer }: Source): RunWriter {
  if (writer) return writer;
  throw refuse('READ_ONLY', `Source ${name} is attached read-only.`);
}

/** @throws READ_ONLY when logged models cannot be written to the source */
export function modelWriterOf({ name, loggedModelWriter }: Source): LoggedModelWriter {
  if (loggedModelWriter) return loggedModelWriter;
  throw refuse('READ_ONLY', `Logged models cannot be written to source ${name}.`);
}

export const noSuchExperiment = (id: string): RestError => new RestError('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${id} exists`);

export const noSuchRun = (id: string): RestError => new RestError('RESOURCE_DOES_NOT_EXIST', `Run with id=${id} not found`);

const notActive = (what: string, id: string): RestError =>
  new RestError('INVALID_PARAMETER_VALUE', `The ${what} ${id} must be in the 'active' state. Current state is deleted.`);

type Words = (error: RuleError) => RestError | undefined | Promise<RestError | undefined>;

/** A write to a run, with MLflow's words for a run that is not there or deleted, and the caller's for the rest. */
export const writingRun = <T>(runId: string, work: Promise<T>, words?: Words): Promise<T> =>
  inWordsOf(work, (error) => {
    if (error.field?.[0] === 'run' && error.code === 'NOT_FOUND') return noSuchRun(runId);
    if (error.field?.[0] === 'run' && error.code === 'CONFLICT') return notActive('run', runId);
    return words?.(error);
  });

/** A write to an experiment, likewise. */
export const writingExperiment = <T>(experimentId: string, work: Promise<T>, words?: Words): Promise<T> =>
  inWordsOf(work, (error) => {
    const own = words?.(error);
    if (own) return own;
    if (error.field?.[0] === 'experiment' && error.code === 'NOT_FOUND') return noSuchExperiment(experimentId);
    return error.field?.[0] === 'experiment' && error.code === 'CONFLICT' ? notActive('experiment', experimentId) : undefined;
  });
