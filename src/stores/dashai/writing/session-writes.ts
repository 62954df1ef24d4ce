import { refuse } from '../../../core/errors.js';
import { sql } from '../../engine/sql.js';
import { once } from '../../mlflow/idempotency.js';
import type { DashaiWriteContext } from './dashai-writes.js';
import { findByName, findRow, insertRow, rowNumber } from './home-rows.sql.js';

/** A model session in the form in which it is kept. */
export interface SessionRow {
  readonly name: string;
  readonly taskName: string;
  readonly datasetId: string | null;
  readonly datasetName: string | null;
  readonly inputColumns: string;
  readonly outputColumns: string;
  readonly trainMetrics: string;
  readonly validationMetrics: string;
  readonly testMetrics: string;
  readonly splits: string;
  readonly evaluationStrategy: string | null;
  readonly idempotencyKey: string | null;
}

/** What DashAI takes when nobody says how models are evaluated. */
const defaultStrategy = 'HoldoutEvaluationStrategy';

/** Adds a session, and the dataset it names where the home is our own and has none. */
export function createModelSession(context: DashaiWriteContext, input: SessionRow): Promise<{ sessionId: string }> {
  const { db, now } = context;
  return once(context, { key: input.idempotencyKey, operation: 'createModelSession', input, now: context.nowMs }, async () => {
    if ((await findByName(db, 'model_session', input.name)) !== null) throw nameIsTaken(input.name);
    await requireStrategy(context, input);
    const row = {
      dataset_id: await datasetOf(context, input),
      name: input.name,
      task_name: input.taskName,
      input_columns: input.inputColumns,
      output_columns: input.outputColumns,
      train_metrics: input.trainMetrics,
      validation_metrics: input.validationMetrics,
      test_metrics: input.testMetrics,
      splits: input.splits,
      ...{ created: now, last_modified: now },
    };
    const newer = { evaluation_strategy: input.evaluationStrategy ?? defaultStrategy, preprocessing_status: 'ready' };
    return { sessionId: String(await insertRow(db, 'model_session', row, newer)) };
  });
}

/** Gives a session another name. The name it has is fine. */
export async function renameModelSession(
  { db, now }: DashaiWriteContext,
  { sessionId, name }: { readonly sessionId: string; readonly name: string },
): Promise<void> {
  const found = await findRow(db, 'model_session', sessionId, ['name']);
  if (!found) throw refuse('NOT_FOUND', 'There is no such model session.', ['modelSession']);
  if (found[0] === name) return;
  if ((await findByName(db, 'model_session', name)) !== null) throw nameIsTaken(name);
  await db.run(sql`/* dashai.renameModelSession */
    UPDATE model_session SET name = ${name}, last_modified = ${now} WHERE id = ${rowNumber(sessionId)}`);
}

const nameIsTaken = (name: string) => refuse('ALREADY_EXISTS', `There is a model session ${JSON.stringify(name)} in this home.`, ['name']);

/** A home before 0.10 evaluates by holdout and keeps no word of it: another one would be lost. */
async function requireStrategy({ db }: DashaiWriteContext, { evaluationStrategy }: SessionRow): Promise<void> {
  if (evaluationStrategy === null || evaluationStrategy === defaultStrategy) return;
  const rows = await db.all(
    sql`/* dashai.hasStrategy */ SELECT 1 FROM pragma_table_info('model_session') WHERE name = 'evaluation_strategy'`,
  );
  if (rows.length === 0)
    throw refuse('UNSUPPORTED', `This home keeps no evaluation strategy; it always is ${defaultStrategy}.`, ['evaluationStrategy']);
}

async function datasetOf(context: DashaiWriteContext, { datasetId, datasetName }: SessionRow): Promise<bigint> {
  const { db, isForeign } = context;
  const field = [datasetId === null ? 'datasetName' : 'dataset'];
  const number = datasetId === null ? await findByName(db, 'dataset', datasetName!) : rowNumber(datasetId);
  const found = number === null ? null : await findRow(db, 'dataset', String(number), ['status']);
  if (!found && datasetName !== null && !isForeign) return createDataset(context, datasetName);
  if (!found) throw refuse('NOT_FOUND', 'There is no such dataset.', field);
  // DashAI trains on the files of the dataset, which are there once it is loaded. Nobody loads those of our own home.
  if (isForeign && found[0] !== 'FINISHED')
    throw refuse('CONFLICT', `DashAI has not loaded the dataset: it is ${String(found[0])}, not FINISHED.`, field);
  return number!;
}

/** A dataset of which DashAI has the name alone. */
const createDataset = ({ db, now }: DashaiWriteContext, name: string): Promise<bigint> =>
  insertRow(db, 'dataset', { name, file_path: '', status: 'NOT_STARTED', created: now, last_modified: now });
