import { refuse } from '../../../core/errors.js';
import { coded } from '../../mlflow/write-failure.js';
import type { DashaiWriter, NewModelSession, NewSessionRun } from '../dashai-writer.js';
import type { DashaiWriteName, HomeConnection, WriteInput, WriteOutput } from './dashai-writes.js';
import { encodedTwice, listText, objectText } from './json-text.js';
import type { RunRow } from './run-writes.js';
import type { SessionRow } from './session-writes.js';
import { checkEnd, checkModelSession, checkName, checkRunChanges, checkSessionRun, checkSplitMetrics } from './writing-rules.js';

export interface HomeWriterNeeds {
  /** Name of the source. */
  readonly source: string;
  readonly connection: HomeConnection;
  /** Whether the home is DashAI's own. */
  readonly isForeign: boolean;
  /** Called after each write, so that whoever follows the home sees it at once. */
  readonly written: () => Promise<void>;
}

/** The writer of a home: checks what can be checked without it, and sends rows in DashAI's forms. */
export function createHomeWriter({ source, connection, isForeign, written }: HomeWriterNeeds): DashaiWriter {
  async function write<Name extends DashaiWriteName>(name: Name, input: WriteInput<Name>): Promise<WriteOutput<Name>> {
    const answer = await coded(connection.write(name, input));
    await written();
    return answer;
  }
  function refuseKey({ idempotencyKey }: { readonly idempotencyKey?: string | null | undefined }): void {
    if (isForeign && idempotencyKey)
      throw refuse('UNSUPPORTED', `${source} is DashAI's own database, which has no place for idempotency keys.`, ['idempotencyKey']);
  }
  function refuseForeign(what: string): void {
    if (!isForeign) return;
    throw refuse('READ_ONLY', `${what} of a run in ${source} are DashAI's own: it sets them while it trains.`, ['run']);
  }

  return {
    async createModelSession(input) {
      checkModelSession(input);
      refuseKey(input);
      return write('createModelSession', toSessionRow(input));
    },
    async renameModelSession(input) {
      checkName(input.name, 'name', 'The name');
      await write('renameModelSession', input);
    },
    async createSessionRun(input) {
      checkSessionRun(input);
      refuseKey(input);
      return write('createSessionRun', toRunRow(input));
    },
    async updateSessionRun(input) {
      checkRunChanges(input);
      const { runId, name, description } = input;
      await write('updateSessionRun', { runId, ...(name && { name }), ...(description !== undefined && { description }) });
    },
    async logSplitMetrics(input) {
      refuseForeign('The metrics');
      checkSplitMetrics(input);
      return write('logSplitMetrics', input);
    },
    async finishSessionRun(input) {
      refuseForeign('The state and times');
      checkEnd(input.status);
      await write('finishSessionRun', input);
    },
  };
}

const toSessionRow = (input: NewModelSession): SessionRow => ({
  name: input.name,
  taskName: input.taskName,
  datasetId: input.datasetId ?? null,
  datasetName: input.datasetName ?? null,
  inputColumns: listText(input.inputColumns),
  outputColumns: listText(input.outputColumns),
  trainMetrics: listText(input.trainMetrics),
  validationMetrics: listText(input.validationMetrics),
  testMetrics: listText(input.testMetrics),
  splits: encodedTwice(objectText(input.splits, ['splits'], 'splits')),
  evaluationStrategy: input.evaluationStrategy ?? null,
  idempotencyKey: input.idempotencyKey ?? null,
});

const toRunRow = (input: NewSessionRun): RunRow => ({
  sessionId: input.sessionId,
  name: input.name,
  modelName: input.modelName,
  parameters: objectText(input.parameters, ['parameters'], 'parameters'),
  description: input.description ?? null,
  optimizerName: input.optimizerName ?? '',
  optimizerParameters: objectText(input.optimizerParameters ?? {}, ['optimizerParameters'], 'optimizerParameters'),
  goalMetric: input.goalMetric ?? '',
  idempotencyKey: input.idempotencyKey ?? null,
});
