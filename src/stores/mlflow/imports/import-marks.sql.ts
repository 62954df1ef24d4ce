import { createHash } from 'node:crypto';
import type { Dialect } from '../../engine/dialect.js';
import { sql, type Database } from '../../engine/sql.js';
import type { MlflowDatabase } from '../layout.js';

/** What is imported one by one, and remembered one by one. */
export type ImportedKind = 'experiment' | 'run' | 'model' | 'version';

/** What is remembered of one imported thing. */
export interface ImportMark {
  readonly foreignId: string;
  readonly localId: string;
  /** Of what was read when it was written last; empty when it was not written yet. */
  readonly digest: string;
  /** Of a run: up to where its points were read; null: none were. */
  readonly position: ImportPosition | null;
}

/** A place in the feed of the imported database; it means nothing in another epoch of it. */
export interface ImportPosition {
  readonly epoch: string;
  readonly position: bigint;
}

/** The id of all that is imported from one place. */
export const importIdOf = (origin: string): string => createHash('sha256').update(origin).digest('hex').slice(0, 16);

/** Whether what was read is what was read before. */
export const digestOf = (read: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(read, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)))
    .digest('base64url');

/** Marks of things by their ids in the imported database; what was not imported is absent. */
export async function readMarks(
  db: Database,
  dialect: Dialect,
  { importId, kind, foreignIds }: { importId: string; kind: ImportedKind; foreignIds: readonly string[] },
): Promise<Map<string, ImportMark>> {
  const rows = await db.all(sql`/* mlflow.importMarks */
    SELECT foreign_id, local_id, digest, position FROM rungraph_imported
    WHERE import_id = ${importId} AND kind = ${kind} AND foreign_id IN ${dialect.texts(foreignIds)}`);
  return new Map(
    rows.map(([foreignId, localId, digest, position]) => [
      foreignId as string,
      {
        foreignId: foreignId as string,
        localId: localId as string,
        digest: digest as string,
        position: toPosition(position as string | null),
      },
    ]),
  );
}

/** As `readMarks`, as a question to our own database. */
export const readImportMarks = async (
  { db, dialect }: MlflowDatabase,
  input: { importId: string; kind: ImportedKind; foreignIds: readonly string[] },
): Promise<ImportMark[]> => [...(await readMarks(db, dialect, input)).values()];

/** Remembers a thing; it may have been before. */
export async function writeMark(db: Database, importId: string, kind: ImportedKind, mark: Omit<ImportMark, 'position'>): Promise<void> {
  const { foreignId, localId, digest } = mark;
  await db.run(sql`/* mlflow.writeImportMark */
    INSERT INTO rungraph_imported (import_id, kind, foreign_id, local_id, digest, position)
    VALUES (${importId}, ${kind}, ${foreignId}, ${localId}, ${digest}, NULL)
    ON CONFLICT (import_id, kind, foreign_id) DO UPDATE SET local_id = excluded.local_id, digest = excluded.digest`);
}

/** Remembers up to where the points of a run were read; null: it has none yet. */
export async function writePosition(db: Database, importId: string, runId: string, at: ImportPosition | null): Promise<void> {
  await db.run(sql`/* mlflow.writeImportPosition */
    UPDATE rungraph_imported SET position = ${at && `${at.epoch}/${at.position}`}
    WHERE import_id = ${importId} AND kind = 'run' AND foreign_id = ${runId}`);
}

/** Where runs were imported from, by their ids here; those that were not imported are absent. */
export async function originsOfRuns(db: Database, dialect: Dialect, runIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.all(sql`/* mlflow.importOrigins */
    SELECT i.local_id, o.origin FROM rungraph_imported i JOIN rungraph_imports o ON o.import_id = i.import_id
    WHERE i.kind = 'run' AND i.local_id IN ${dialect.texts(runIds)}`);
  return new Map(rows as unknown as [string, string][]);
}

function toPosition(text: string | null): ImportPosition | null {
  if (text === null) return null;
  const cut = text.lastIndexOf('/');
  return { epoch: text.slice(0, cut), position: BigInt(text.slice(cut + 1)) };
}
