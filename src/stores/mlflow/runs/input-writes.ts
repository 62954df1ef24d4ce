import { randomUUID } from 'node:crypto';
import { sql, type Database } from '../../engine/sql.js';
import type { LogDatasetInputs, NewDatasetInput } from '../../run-writer.js';
import { once } from '../idempotency.js';
import { recordEvent, requireActiveRun } from './run-writes.js';
import type { WriteContext } from '../writes.js';

/**
 * Says which datasets a run used. As in MLflow a dataset is one per (experiment, name, digest), whose first source, schema and
 * profile stay, and a dataset that is an input of the run already is left as it is, its tags too.
 */
export async function logDatasetInputs(context: WriteContext, { runId, inputs, idempotencyKey }: LogDatasetInputs): Promise<null> {
  const { db, now } = context;
  return once(context, { key: idempotencyKey, operation: 'logDatasetInputs', input: [runId, inputs], now }, async () => {
    await requireActiveRun(context, runId);
    const rows = await db.all(sql`/* mlflow.experimentOfRun */ SELECT experiment_id FROM runs WHERE run_uuid = ${runId}`);
    const experimentId = rows[0]![0] as bigint;
    for (const input of inputs) await insertInput(db, runId, await datasetId(db, experimentId, input), input);
    await recordEvent(context, runId, 'UPDATED', now);
    return null;
  });
}

const newId = (): string => randomUUID().replaceAll('-', '');

async function datasetId(db: Database, experimentId: bigint, input: NewDatasetInput): Promise<string> {
  const { name, digest, sourceType, source, schema, profile } = input;
  const found = await db.all(sql`/* mlflow.dataset */
    SELECT dataset_uuid FROM datasets WHERE experiment_id = ${experimentId} AND name = ${name} AND digest = ${digest}`);
  if (found[0]) return found[0][0] as string;
  const id = newId();
  await db.run(sql`/* mlflow.insertDataset */
    INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile)
    VALUES (${id}, ${experimentId}, ${name}, ${digest}, ${sourceType}, ${source}, ${schema ?? null}, ${profile ?? null})`);
  return id;
}

async function insertInput(db: Database, runId: string, dataset: string, { context, tags }: NewDatasetInput): Promise<void> {
  const id = newId();
  const inserted = await db.run(sql`/* mlflow.insertInput */
    INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id)
    VALUES (${id}, 'DATASET', ${dataset}, 'RUN', ${runId}) ON CONFLICT DO NOTHING`);
  if (inserted === 0) return;
  const all = context ? [{ key: 'mlflow.data.context', value: context }, ...tags] : tags;
  for (const { key, value } of all) {
    await db.run(sql`/* mlflow.insertInputTag */ INSERT INTO input_tags (input_uuid, name, value) VALUES (${id}, ${key}, ${value})`);
  }
}
