import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StoreFailure } from '../../store-failure.js';
import { DatabaseRefused, plan, type AppliedMigration, type Migration, type RefusalReason } from '../migrations.js';
import { toStoreFailure } from './failure.js';

/** How long a server is waited for that starts together with us. */
const patienceMs = 15_000;

/** One number for all processes: whoever has it migrates, the others wait and find nothing to do. */
const lockNumber = 72_707_369;

/**
 * Creates the tables in an empty database or brings them up to date, all or nothing; several processes may do so at once.
 * @param migrations from `readMigrations(…, 'postgresql')`
 * @param shown the database's location without credentials, for messages
 * @throws DatabaseRefused when the server cannot be reached, or the database is not one of ours; nothing was written then
 */
export async function migratePostgres(url: string, migrations: readonly Migration[], shown: string): Promise<void> {
  const client = await connect(url, shown);
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockNumber]);
    const pending = await pendingIn(client, migrations, shown);
    if (pending.length > 0) await client.query(createBookkeeping);
    for (const { name, sql, checksum } of pending) {
      const startedAt = new Date();
      await client.query(sql);
      await client.query(
        `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count) VALUES ($1, $2, now(), $3, $4, 1)`,
        [randomUUID(), checksum, name, startedAt],
      );
    }
    await client.query('COMMIT');
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A server that is just starting is waited for; one that refuses is not. */
async function connect(url: string, shown: string): Promise<pg.Client> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, application_name: 'rungraph' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      const failure = toStoreFailure(error);
      const isAway = failure instanceof StoreFailure && failure.reason === 'BUSY';
      if (isAway && Date.now() < giveUpAt) {
        await sleep(300);
        continue;
      }
      throw new DatabaseRefused('UNREACHABLE', `${shown}: ${(failure as Error).message} Check the address in --database.`);
    }
  }
}

// Prisma's own table, so that `prisma migrate deploy` finds the history it would have written.
const createBookkeeping = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

async function pendingIn(client: pg.Client, migrations: readonly Migration[], shown: string): Promise<readonly Migration[]> {
  const tables = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = current_schema()::regnamespace`,
  );
  if (tables.rows.length === 0) return migrations;
  const remembers = tables.rows.some(({ name }) => name === '_prisma_migrations');
  const outcome = plan(migrations, remembers ? await appliedIn(client) : []);
  if ('refused' in outcome) throw new DatabaseRefused(outcome.refused, `${shown} ${advice[outcome.refused](outcome.migration)}`);
  return outcome.pending;
}

async function appliedIn(client: pg.Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  return rows;
}

const advice: Record<Exclude<RefusalReason, 'NOT_SQLITE' | 'UNREACHABLE'>, (migration: string) => string> = {
  NOT_OURS: () =>
    'holds tables that RunGraph did not create, and RunGraph does not write to it. Attach it as a source to read it, or create an empty database for the store.',
  NEWER: (migration) =>
    `was written by a newer RunGraph: it has the migration ${migration}, which this version does not know. Start that version, or restore a backup made before the upgrade.`,
  EDITED: (migration) =>
    `was made with another text of the migration ${migration}. Restore the migration file as it was released, or restore a backup that fits.`,
};
