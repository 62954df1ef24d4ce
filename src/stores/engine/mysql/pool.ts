import mysql, { type Pool } from 'mysql2/promise';
import type { MysqlAddress } from './address.js';

export interface PoolOptions {
  readonly address: MysqlAddress;
  /** Connections at most; whoever comes later waits for one. */
  readonly max: number;
  /** Whether the server itself refuses to write. */
  readonly readOnly: boolean;
  /** How long a connection is waited for. */
  readonly connectTimeoutMs: number;
  /** How long one statement may take, at least 1,000. */
  readonly statementTimeoutMs: number;
}

/** A server counts the prepared statements of all its clients, and stops at some thousands. */
const maxPreparedStatements = 100;
/** A table that somebody alters is waited for so long. */
const lockTimeoutSeconds = 5;

/** Connections to a MySQL or MariaDB server; they are made when they are needed, and again after the server was restarted. */
export function openPool({ address, max, readOnly, connectTimeoutMs, statementTimeoutMs }: PoolOptions): Pool {
  const pool = mysql.createPool({
    ...address,
    connectionLimit: max,
    connectTimeout: connectTimeoutMs,
    idleTimeout: 30_000,
    enableKeepAlive: true,
    maxPreparedStatements,
    charset: 'UTF8MB4_BIN',
    rowsAsArray: true,
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    connectAttributes: { program_name: 'rungraph' },
  });
  pool.pool.on('connection', (connection) => {
    // They go before the statement for which the connection was made.
    for (const text of meanings(readOnly)) {
      connection.query(text, (error) => {
        if (error) connection.destroy(); // without them a statement would mean something else, or could write
      });
    }
    for (const text of limits(statementTimeoutMs)) connection.query(text, () => undefined);
    connection.on('error', () => undefined); // one that dies while nobody uses it: the pool has let it go already
  });
  return pool;
}

/** What makes a session understand our SQL as the other engines do, and keeps it from writing. */
const meanings = (readOnly: boolean): string[] => [
  'SET NAMES utf8mb4 COLLATE utf8mb4_bin',
  `SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO'`,
  ...(readOnly ? ['SET SESSION TRANSACTION READ ONLY'] : []),
];

/**
 * What a server may refuse to change. A comment that begins with `M!` is read by MariaDB alone, one with a version by MySQL alone.
 */
const limits = (statementTimeoutMs: number): string[] => [
  // Texts are sorted by this many bytes: the longest value that MLflow's columns hold, 8,000 letters of four bytes.
  `SET SESSION max_sort_length = ${longestValueBytes}, sort_buffer_size = GREATEST(@@sort_buffer_size, ${sortBufferBytes})`,
  `SET SESSION lock_wait_timeout = ${lockTimeoutSeconds}, innodb_lock_wait_timeout = ${lockTimeoutSeconds}` +
    ` /*M! , max_statement_time = ${statementTimeoutMs / 1000} */ /*!80000 , max_execution_time = ${statementTimeoutMs} */`,
  // Long lists are searched, not made into tables.
  '/*M! SET SESSION in_predicate_conversion_threshold = 0 */ /*!80000 DO 0 */',
];

const longestValueBytes = 32_000;
const sortBufferBytes = 8 * 1024 * 1024;
