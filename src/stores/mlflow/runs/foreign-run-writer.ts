import type { BellBoard } from '../../../core/bell.js';
import { refuse } from '../../../core/errors.js';
import type { RunWriter } from '../../run-writer.js';
import { checkRunTags, checkUpdateRun } from '../rules.js';
import { coded } from '../write-failure.js';
import type { MlflowWriter } from '../writes.js';

/**
 * Writes to runs of an attached database what people write: tags, names and notes. Runs, params and points are their
 * program's business.
 */
export function createForeignRunWriter(source: string, writer: MlflowWriter, events: BellBoard): RunWriter {
  const no = (field: string) => (): Promise<never> =>
    Promise.reject(
      refuse(
        'READ_ONLY',
        `Source ${source} takes tags, names, notes and changes of its registry; write anything else to local, or to that system itself.`,
        [field],
      ),
    );
  const changed = async (runId: string, written: Promise<unknown>): Promise<void> => {
    await coded(written);
    events.ring(runId);
  };
  return {
    createExperiment: no('source'),
    updateExperiment: no('experiment'),
    deleteExperimentTags: no('experiment'),
    deleteExperiment: no('experiment'),
    restoreExperiment: no('experiment'),
    createRun: no('experiment'),
    deleteRun: no('run'),
    restoreRun: no('run'),
    logMetrics: no('run'),
    logBatch: no('run'),
    logParams: no('run'),
    logDatasetInputs: no('run'),
    async updateRun(input) {
      checkUpdateRun(input);
      if (input.status || (input.endedAt !== null && input.endedAt !== undefined)) await no(input.status ? 'status' : 'endedAt')();
      await changed(input.runId, writer.write('updateRun', input));
    },
    async setTags(input) {
      checkRunTags(input.tags);
      await changed(input.runId, writer.write('setTags', input));
    },
    deleteTags: (input) => changed(input.runId, writer.write('deleteTags', input)),
  };
}
