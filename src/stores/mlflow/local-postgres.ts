import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { PrismaClient } from '../../generated/prisma-mlflow/client.js';
import { withoutCredentials } from '../../core/database-url.js';
import { readMigrations } from '../engine/migrations.js';
import { postgresDialect } from '../engine/postgres/dialect.js';
import { createDoorbell } from '../engine/postgres/doorbell.js';
import { migratePostgres } from '../engine/postgres/migrate.js';
import type { NetworkedDatabase } from '../engine/location.js';
import { startNetworkedWriter } from '../engine/networked-writer.js';
import { threadModule } from '../engine/thread.js';
import { watchPostgresOthers } from './following/postgres-others.js';
import type { LocalDatabase } from './local-database.js';

export interface LocalPostgresOptions {
  readonly url: string;
  /** How often it is looked whether another program wrote to the database. */
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Connections of one server that write; each takes one transaction at a time. */
const writingConnections = 8;
/** Experiments are written seldom. */
const prismaConnections = 2;

/**
 * Opens (and creates or migrates) a PostgreSQL database, which several servers may share.
 * @throws DatabaseRefused when it cannot be reached, or is not ours, newer, or edited; it is left as it was
 */
export async function openLocalPostgres({ url, pollIntervalMs, clock, log }: LocalPostgresOptions): Promise<LocalDatabase> {
  const shown = withoutCredentials(url);
  await migratePostgres(url, readMigrations('mlflow', 'postgresql'), shown);
  const location: NetworkedDatabase = { engine: 'postgres', url, foreign: false };
  const thread = startNetworkedWriter(threadModule(import.meta.url, './networked-write.thread'), {
    location,
    connections: writingConnections,
  });
  const doorbell = createDoorbell({ url, clock, log });
  const prisma = lazyPrisma(url);
  return {
    location,
    shown,
    layout: 'mlflow (PostgreSQL)',
    dialect: postgresDialect,
    writer: { write: (name, input) => thread.operation(name, input) },
    prisma: prisma.client,
    share: (name, board) => doorbell.share(name, board),
    ringsWhenBack: true,
    watchOthers: (needs) => watchPostgresOthers({ ...needs, pollIntervalMs, clock, log }),
    async close() {
      await doorbell.close();
      await prisma.close();
      await thread.close();
    },
  };
}

function lazyPrisma(url: string) {
  let opened: Promise<PrismaClient> | undefined;
  const open = async () => {
    const [{ PrismaClient }, { PrismaPg }] = await Promise.all([
      import('../../generated/prisma-mlflow-postgresql/client.js'),
      import('@prisma/adapter-pg'),
    ]);
    const adapter = new PrismaPg({ connectionString: url, max: prismaConnections, application_name: 'rungraph' });
    // The same models: what the SQLite client offers, this one does.
    return new PrismaClient({ adapter }) as unknown as PrismaClient;
  };
  return {
    client: () => (opened ??= open()),
    async close() {
      await (await opened)?.$disconnect();
    },
  };
}
