import pg from 'pg';

export interface PoolOptions {
  readonly url: string;
  /** Connections at most; whoever comes later waits for one. */
  readonly max: number;
  /** Whether the server itself refuses to write. */
  readonly readOnly: boolean;
  /** How long a connection is waited for. */
  readonly connectTimeoutMs: number;
  /** How long one statement may take; 0: as long as it likes. */
  readonly statementTimeoutMs: number;
}

/** A table that somebody alters is waited for so long by those who only read. */
const lockTimeoutMs = 5_000;

/** Connections to a PostgreSQL server; they are made when they are needed, and again after the server was restarted. */
export function openPool({ url, max, readOnly, connectTimeoutMs, statementTimeoutMs }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: 'rungraph',
    statement_timeout: statementTimeoutMs,
    ...(readOnly ? { options: `-c default_transaction_read_only=on -c lock_timeout=${lockTimeoutMs}` } : {}),
  });
  // A connection that dies: whoever uses it hears it from his statement, and an idle one the pool has let go already.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
