import { StoreFailure } from '../../store-failure.js';

/** Classes of SQLSTATE (its first two characters) and single codes that say the server, not the statement, is the matter. */
const gone = /^(08|57P0[123]|53300|53400)/;
const refused = /^(28|3D000|42501)/;
const locked = /^(40001|40P01|55P03|57014)/;
const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** An error of the driver as a store failure; anything else comes back as it is. No message names the server or its user. */
export function toStoreFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreFailure) return error;
  const { code = '' } = error as { code?: string };
  if (
    network.has(code) ||
    gone.test(code) ||
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/.test(error.message)
  )
    return new StoreFailure('BUSY', 'The database server does not answer.');
  if (refused.test(code)) return new StoreFailure('UNREADABLE', `The database server refuses: ${accessReason(code)}.`);
  if (locked.test(code)) return new StoreFailure('BUSY', 'The database is busy: a lock or a statement took too long.');
  if (code === '25006') return new StoreFailure('UNREADABLE', 'The database is read-only.');
  if (code === 'XX001' || code === 'XX002') return new StoreFailure('CORRUPT', 'The database server reports damaged data.');
  if (code === '53100') return new StoreFailure('UNREADABLE', "The database server's disk is full.");
  return error;
}

const accessReason = (code: string): string => {
  if (code === '3D000') return 'there is no such database';
  return code === '42501' ? 'this user may not read it' : 'user or password are wrong';
};

/** Whether a statement met a table or a column that is not there: the schema changed under it. */
export const isSchemaChange = (error: unknown): boolean => ['42703', '42P01'].includes(String((error as { code?: unknown })?.code));
