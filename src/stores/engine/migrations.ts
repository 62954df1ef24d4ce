import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** One checked-in step of a database's schema. */
export interface Migration {
  /** Name of its folder; migrations are applied in the order of their names. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hex: what Prisma keeps in `_prisma_migrations`. */
  readonly checksum: string;
}

/** A migration as a database remembers it: finished and not rolled back. */
export type AppliedMigration = Pick<Migration, 'name' | 'checksum'>;

export type MigrationProvider = 'sqlite' | 'postgresql';

/** What is left to apply, or the first migration because of which nothing may be. */
export type MigrationPlan =
  | { readonly pending: readonly Migration[] }
  | { readonly refused: Exclude<RefusalReason, 'NOT_SQLITE' | 'UNREACHABLE'>; readonly migration: string };

/**
 * `NOT_SQLITE` some other kind of file · `NOT_OURS` a database that something else created ·
 * `NEWER` written by a newer RunGraph · `EDITED` made from migrations that read differently ·
 * `UNREACHABLE` the server of the database does not answer or does not let us in.
 */
export type RefusalReason = 'NOT_SQLITE' | 'NOT_OURS' | 'NEWER' | 'EDITED' | 'UNREACHABLE';

/** A database that RunGraph does not write to; nothing in it was changed. The message says what to do. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';
  constructor(
    readonly reason: RefusalReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The checked-in migrations of a database, in the order they are applied.
 * @param database name of its folder under `prisma/`, for example `mlflow`
 */
export function readMigrations(database: string, provider: MigrationProvider): Migration[] {
  // src/stores/engine and dist/stores/engine are equally deep under the package.
  const folder = new URL(`../../../prisma/${database}/migrations/${provider}/`, import.meta.url);
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names
    .map(({ name }) => name)
    .sort()
    .map((name) => readMigration(name, new URL(`${name}/migration.sql`, folder)));
}

function readMigration(name: string, file: URL): Migration {
  const bytes = readFileSync(file);
  return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Decides what to apply to a database that is not empty.
 * @param known the checked-in migrations, from `readMigrations`
 * @param applied what the database remembers, in any order
 */
export function plan(known: readonly Migration[], applied: readonly AppliedMigration[]): MigrationPlan {
  const done = new Map(applied.map(({ name, checksum }) => [name, checksum]));
  const first = known[0];
  if (first && !done.has(first.name)) return { refused: 'NOT_OURS', migration: first.name };

  const unknown = applied.find(({ name }) => !known.some((migration) => migration.name === name));
  if (unknown) return { refused: 'NEWER', migration: unknown.name };

  const edited = known.find(({ name, checksum }) => done.has(name) && done.get(name) !== checksum);
  if (edited) return { refused: 'EDITED', migration: edited.name };

  return { pending: known.filter(({ name }) => !done.has(name)) };
}
