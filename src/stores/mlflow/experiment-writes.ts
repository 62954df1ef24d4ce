import type { Clock } from '../../core/clock.js';
import { refuse } from '../../core/errors.js';
import type { Prisma, PrismaClient } from '../../generated/prisma-mlflow/client.js';
import type { Database, SqlValue } from '../engine/sql.js';
import type { KeyValueRecord } from '../run-store.js';
import type { CreateExperiment, RunWriter, UpdateExperiment } from '../run-writer.js';
import { once } from './idempotency.js';
import { checkIdempotencyKey, checkKeyValues, checkOptionalText, checkText, limits } from './rules.js';
import { recordExperimentEvents } from './run-writes.js';

type ExperimentWriter = Pick<RunWriter, 'updateExperiment' | 'deleteExperiment' | 'restoreExperiment'> & {
  createExperiment(input: CreateExperiment): Promise<{ experimentId: string }>;
};
/** Longer than the writer waits for a lock, so that it is the writer who says that there is one. */
const lockWaitMs = 15_000;

type Transaction = Prisma.TransactionClient;

/** Experiments change seldom: they are written through Prisma, in transactions of the one writing connection. */
export function createExperimentWriter(prisma: () => Promise<PrismaClient>, clock: Clock): ExperimentWriter {
  const transaction = async <T>(work: (tx: Transaction) => Promise<T>) =>
    (await prisma()).$transaction(work, { maxWait: lockWaitMs, timeout: lockWaitMs });

  return {
    async createExperiment(input) {
      checkCreate(input);
      const { idempotencyKey, ...request } = input;
      const now = clock.now();
      return transaction((tx) =>
        once(databaseOf(tx), { key: idempotencyKey, operation: 'createExperiment', input: request, now }, () =>
          insertExperiment(tx, input, now),
        ),
      );
    },
    async updateExperiment({ experimentId, name, tags }: UpdateExperiment) {
      if (name !== null && name !== undefined) checkText(name, limits.experimentName, ['name'], 'The name');
      checkKeyValues(tags, limits.tag, 'tags', 'tag');
      await transaction(async (tx) => {
        const id = await requireExperiment(tx, experimentId, 'active');
        if (name) {
          await requireFreeName(tx, name, id);
          await tx.experiment.update({ where: { experimentId: id }, data: { name, lastUpdateTime: BigInt(clock.now()) } });
        }
        await upsertTags(tx, id, tags); // as in MLflow, tags do not move the update time
      });
    },
    deleteExperiment: (experimentId) => setStage(experimentId, 'deleted'),
    restoreExperiment: (experimentId) => setStage(experimentId, 'active'),
  };

  /** MLflow deletes and restores an experiment together with all its runs, whatever state they had. */
  async function setStage(experimentId: string, stage: 'active' | 'deleted'): Promise<void> {
    await transaction(async (tx) => {
      const id = await requireExperiment(tx, experimentId, stage === 'active' ? 'deleted' : 'active');
      const now = BigInt(clock.now());
      await tx.experiment.update({ where: { experimentId: id }, data: { lifecycleStage: stage, lastUpdateTime: now } });
      await tx.run.updateMany({
        where: { experimentId: id },
        data: { lifecycleStage: stage, deletedTime: stage === 'deleted' ? now : null },
      });
      await recordExperimentEvents(databaseOf(tx), experimentId, stage === 'deleted' ? 'DELETED' : 'UPDATED', Number(now));
    });
  }
}

function checkCreate({ name, tags, artifactLocation, idempotencyKey }: CreateExperiment): void {
  checkIdempotencyKey(idempotencyKey);
  checkText(name, limits.experimentName, ['name'], 'The name');
  checkKeyValues(tags, limits.tag, 'tags', 'tag');
  if (artifactLocation) checkOptionalText(artifactLocation, limits.artifactLocation, ['artifactLocation'], 'The artifact location');
}

async function insertExperiment(
  tx: Transaction,
  { name, tags, artifactLocation }: CreateExperiment,
  now: number,
): Promise<{ experimentId: string }> {
  await requireFreeName(tx, name, null);
  const time = BigInt(now);
  const { experimentId } = await tx.experiment.create({
    data: { name, artifactLocation: artifactLocation ?? '', lifecycleStage: 'active', creationTime: time, lastUpdateTime: time },
    select: { experimentId: true },
  });
  if (!artifactLocation) {
    await tx.experiment.update({ where: { experimentId }, data: { artifactLocation: `mlflow-artifacts:/${experimentId}` } });
  }
  await upsertTags(tx, experimentId, tags);
  return { experimentId: String(experimentId) };
}

/** Names are unique among deleted experiments too. */
async function requireFreeName(tx: Transaction, name: string, except: number | null): Promise<void> {
  const other = await tx.experiment.findFirst({ where: { name }, select: { experimentId: true, lifecycleStage: true } });
  if (!other || other.experimentId === except) return;
  const deleted = other.lifecycleStage === 'deleted' ? ' It is deleted; restore it, or take another name.' : '';
  throw refuse('ALREADY_EXISTS', `An experiment ${JSON.stringify(name)} exists.${deleted}`, ['name']);
}

async function requireExperiment(tx: Transaction, experimentId: string, stage: 'active' | 'deleted'): Promise<number> {
  const id = /^(0|[1-9]\d*)$/.test(experimentId) ? Number(experimentId) : NaN; // 00, 0x0 and -0 are nobody's id
  const found = Number.isSafeInteger(id)
    ? await tx.experiment.findUnique({ where: { experimentId: id }, select: { lifecycleStage: true } })
    : null;
  if (!found) throw refuse('NOT_FOUND', 'There is no such experiment.', ['experiment']);
  if (found.lifecycleStage === stage) return id;
  throw refuse('CONFLICT', stage === 'active' ? 'The experiment is deleted; restore it first.' : 'The experiment is not deleted.', [
    'experiment',
  ]);
}

async function upsertTags(tx: Transaction, experimentId: number, tags: readonly KeyValueRecord[]): Promise<void> {
  for (const { key, value } of tags) {
    await tx.experimentTag.upsert({
      where: { key_experimentId: { key, experimentId } },
      create: { key, value, experimentId },
      update: { value },
    });
  }
}

/** The SQL of other writes, inside a Prisma transaction. */
function databaseOf(tx: Transaction): Database {
  return {
    all: async ({ text, values }) =>
      (await tx.$queryRawUnsafe<Record<string, SqlValue>[]>(text, ...values)).map((row) => Object.values(row)),
    run: ({ text, values }) => tx.$executeRawUnsafe(text, ...values),
  };
}
