import { StoreFailure } from '../../store-failure.js';

// Numbers of MySQL's and MariaDB's errors that say the server, not the statement, is the matter.
const gone = new Set([1040, 1053, 1077, 1078, 1079, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1461, 1927, 4031]);
const refused = new Set([1044, 1045, 1049, 1130, 1142, 1143, 1227, 1251, 1275, 1370, 1524, 1698, 1820, 1862, 3118, 3159, 3955]);
const locked = new Set([1205, 1213, 1317, 1412, 1907, 1969, 3024, 3058, 3572]);
const readOnly = new Set([1290, 1792, 1836]);
const damaged = new Set([126, 127, 144, 145, 1034, 1035, 1194, 1195, 1712, 1812, 1877]);
const full = new Set([1021, 1114]);

const network = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'ENOENT', // a socket
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
]);

/** An error of the driver as a store failure; anything else comes back as it is. No message names the server or its user. */
export function toStoreFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreFailure) return error;
  const { code = '', errno = 0 } = error as { code?: unknown; errno?: number };
  if (network.has(String(code)) || gone.has(errno) || /closed state|Connection lost|Pool is closed/.test(error.message))
    return new StoreFailure('BUSY', 'The database server does not answer.');
  if (isTls(String(code), error.message))
    return new StoreFailure('UNREADABLE', 'The database server and we do not agree on TLS; check ssl_mode and ssl_ca.');
  if (refused.has(errno) || /^AUTH_/.test(String(code)))
    return new StoreFailure('UNREADABLE', `The database server refuses: ${accessReason(errno)}.`);
  if (locked.has(errno)) return new StoreFailure('BUSY', 'The database is busy: a lock or a statement took too long.');
  if (readOnly.has(errno)) return new StoreFailure('UNREADABLE', 'The database is read-only.');
  if (damaged.has(errno)) return new StoreFailure('CORRUPT', 'The database server reports damaged data.');
  if (full.has(errno)) return new StoreFailure('UNREADABLE', "The database server's disk is full.");
  return error;
}

const isTls = (code: string, message: string): boolean =>
  /^(HANDSHAKE_|ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code) || message.includes('secure connection');

function accessReason(errno: number): string {
  if (errno === 1049) return 'there is no such database';
  if (errno === 3159) return 'it wants TLS; add ssl_mode=REQUIRED to the address';
  if (errno === 1130) return 'this host may not connect';
  return [1142, 1143, 1227, 1370].includes(errno) ? 'this user may not read it' : 'user or password are wrong';
}

/** Whether a statement met a table or a column that is not there: the schema changed under it. */
export const isSchemaChange = (error: unknown): boolean => [1054, 1146, 1356, 1615].includes((error as { errno?: number })?.errno ?? 0);
