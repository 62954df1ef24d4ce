import { createBellBoard } from '../../../core/bell.js';
import type { LogStore } from '../../log-store.js';
import { answerOf } from '../../sources.js';
import { checkLogLines } from './log-lines-rules.js';
import type { LocalDatabase } from '../local-database.js';
import type { MlflowReader } from '../reads.js';
import { coded } from '../write-failure.js';
import type { MlflowWriter } from '../writes.js';

/** The log lines of a database of ours. */
export function createMlflowLogStore(
  source: string,
  { read }: MlflowReader,
  writer: MlflowWriter,
  epoch: string,
  { share, ringsWhenBack }: Pick<LocalDatabase, 'share' | 'ringsWhenBack'>,
): LogStore {
  const lines = share('lines', createBellBoard());
  return {
    epoch,
    ringsWhenBack,
    lines,
    async append(input) {
      checkLogLines(input);
      const logged = await coded(writer.write('logLines', input));
      lines.ring(input.runId);
      return logged;
    },
    read: (range) => answerOf(source, read('readLogLines', range)),
  };
}
