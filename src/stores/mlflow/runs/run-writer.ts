import type { BellBoard } from '../../../core/bell.js';
import type { RunWriter } from '../../run-writer.js';
import type { createExperimentWriter } from './experiment-writes.js';
import {
  checkCreateRun,
  checkDatasetInputs,
  checkIdempotencyKey,
  checkKeyValues,
  checkLogMetrics,
  checkRunTags,
  checkUpdateRun,
  limits,
} from '../rules.js';
import { coded } from '../write-failure.js';
import type { MlflowWriter } from '../writes.js';

/** Rings when a write was committed. */
export interface WriterBells {
  readonly points: BellBoard;
  readonly events: BellBoard;
}

/**
 * The writer of an MLflow-shaped database: checks what can be checked without the database, sends the write,
 * and rings once it is committed.
 */
export function createMlflowRunWriter(
  writer: MlflowWriter,
  experiments: ReturnType<typeof createExperimentWriter>,
  experimentById: (id: string) => ReturnType<RunWriter['createExperiment']>,
  bells: WriterBells,
): RunWriter {
  const write: MlflowWriter['write'] = (name, input) => coded(writer.write(name, input));
  const changed = async <T>(runId: string, written: Promise<T>): Promise<T> => {
    const result = await written;
    bells.events.ring(runId);
    return result;
  };
  const everyRun = async (written: Promise<void>): Promise<void> => {
    await written;
    bells.events.ringAll();
  };

  return {
    async createExperiment(input) {
      const { experimentId } = await coded(experiments.createExperiment(input));
      return experimentById(experimentId);
    },
    updateExperiment: (input) => coded(experiments.updateExperiment(input)),
    deleteExperimentTags: (input) => coded(experiments.deleteExperimentTags(input)),
    deleteExperiment: (id) => everyRun(coded(experiments.deleteExperiment(id))),
    restoreExperiment: (id) => everyRun(coded(experiments.restoreExperiment(id))),
    async createRun(input) {
      checkCreateRun(input);
      const created = await write('createRun', input);
      bells.events.ring(created.runId);
      return created;
    },
    async updateRun(input) {
      checkUpdateRun(input);
      await changed(input.runId, write('updateRun', input));
    },
    deleteRun: async (runId) => void (await changed(runId, write('deleteRun', runId))),
    restoreRun: async (runId) => void (await changed(runId, write('restoreRun', runId))),
    ...createLogWriter(write, changed, bells),
  };
}

type Changed = <T>(runId: string, written: Promise<T>) => Promise<T>;
type LogWriter = Pick<RunWriter, 'logMetrics' | 'logBatch' | 'logParams' | 'logDatasetInputs' | 'setTags' | 'deleteTags'>;

/** What is written into a run that is there. */
function createLogWriter(write: MlflowWriter['write'], changed: Changed, bells: WriterBells): LogWriter {
  return {
    async logMetrics(input) {
      checkLogMetrics(input);
      const logged = await write('logMetrics', input);
      bells.points.ring(input.runId);
      return logged;
    },
    async logBatch(input) {
      const { runId, params, series, tags } = input;
      checkKeyValues(params, limits.param, 'params', 'param');
      checkRunTags(tags);
      if (series.length > 0) checkLogMetrics({ runId, series });
      await write('logBatch', input);
      if (series.length > 0) bells.points.ring(runId);
      if (params.length + tags.length > 0) bells.events.ring(runId);
    },
    async logParams(input) {
      checkIdempotencyKey(input.idempotencyKey);
      checkKeyValues(input.params, limits.param, 'params', 'param');
      await changed(input.runId, write('logParams', input));
    },
    async logDatasetInputs(input) {
      checkDatasetInputs(input);
      await changed(input.runId, write('logDatasetInputs', input));
    },
    async setTags(input) {
      checkRunTags(input.tags);
      await changed(input.runId, write('setTags', input));
    },
    async deleteTags(input) {
      await changed(input.runId, write('deleteTags', input));
    },
  };
}
