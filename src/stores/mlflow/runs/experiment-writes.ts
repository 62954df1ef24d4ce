import type { Clock } from '../../../core/clock.js';
import { refuse } from '../../../core/errors.js';
import type { Prisma } from '../../../generated/prisma-mlflow/client.js';
import { numbered } from '../../engine/postgres/statement.js';
import type { Database, SqlValue, Statement } from '../../engine/sql.js';
import type { KeyValueRecord } from '../../run-store.js';
import type { CreateExperiment, RunWriter, UpdateExperiment } from '../../run-writer.js';
import { once } from '../idempotency.js';
import type { LocalDatabase } from '../local-database.js';
import { checkIdempotencyKey, checkKeyValues, checkOptionalText, checkText, limits } from '../rules.js';
import { recordExperimentEvents } from './run-writes.js';

type ExperimentWriter = Pick<RunWriter, 'updateExperiment' | 'deleteExperimentTags' | 'deleteExperiment' | 'restoreExperiment'> & {
  createExperiment(input: CreateExperiment): Promise<{ experimentId: string }>;
};
/** Longer than the writer waits for a lock, so that it is the writer who says that there is one. */
const lockWaitMs = 15_000;

/** How often a transaction is tried that others made impossible. */
const attempts = 5;
/** The column has 32 bits; no experiment has a greater id. */
const maxExperimentId = 2 ** 31 - 1;

type Transaction = Prisma.TransactionClient;

// A row that two servers inserted at the same moment, and deadlocks: nothing was written, and the next attempt sees the other's.
const wasInTheWay = (error: unknown): boolean => {
  const { code, meta } = (error ?? {}) as { code?: unknown; meta?: { code?: unknown } };
  return ['P2002', 'P2034'].includes(String(code)) || ['40P01', '40001', '23505'].includes(String(meta?.code));
};

/** Experiments change seldom: they are written through Prisma, in transactions of the one writing connection. */
export function createExperimentWriter({ prisma, dialect }: Pick<LocalDatabase, 'prisma' | 'dialect'>, clock: Clock): ExperimentWriter {
  const databaseOf =
    dialect.engine === 'postgres' ? (tx: Transaction) => sqlInside(tx, numbered) : (tx: Transaction) => sqlInside(tx, asItIs);

  const transaction = createTransaction(prisma);

  return {
    async createExperiment(input) {
      checkCreate(input);
      const { idempotencyKey, ...request } = input;
      const now = clock.now();
      return transaction((tx) =>
        once({ db: databaseOf(tx), dialect }, { key: idempotencyKey, operation: 'createExperiment', input: request, now }, () =>
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
    async deleteExperimentTags({ experimentId, keys }) {
      await transaction(async (tx) => {
        const id = await requireExperiment(tx, experimentId, 'active');
        for (const [index, key] of keys.entries()) {
          const { count } = await tx.experimentTag.deleteMany({ where: { experimentId: id, key } });
          if (count === 0) throw refuse('NOT_FOUND', `The experiment has no tag ${JSON.stringify(key)}.`, ['keys', String(index)]);
        }
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
      await recordExperimentEvents({ db: databaseOf(tx), dialect }, experimentId, stage === 'deleted' ? 'DELETED' : 'UPDATED', Number(now));
    });
  }
}

/** Transactions that others made impossible are tried again. */
const createTransaction =
  (prisma: LocalDatabase['prisma']) =>
  async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const client = await prisma();
    for (let attempt = 1; ; attempt++) {
      try {
        return await client.$transaction(work, { maxWait: lockWaitMs, timeout: lockWaitMs });
      } catch (error) {
        if (attempt === attempts || !wasInTheWay(error)) throw error;
      }
    }
  };

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
  const found =
    id <= maxExperimentId // false of NaN
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
function sqlInside(tx: Transaction, prepare: (statement: Statement) => { text: string; values: readonly unknown[] }): Database {
  return {
    async all(statement) {
      const { text, values } = prepare(statement);
      return (await tx.$queryRawUnsafe<Record<string, SqlValue>[]>(text, ...values)).map((row) => Object.values(row));
    },
    async run(statement) {
      const { text, values } = prepare(statement);
      return tx.$executeRawUnsafe(text, ...values);
    },
  };
}

const asItIs = (statement: Statement): Statement => statement;
