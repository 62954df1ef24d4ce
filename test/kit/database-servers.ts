import { randomBytes } from 'node:crypto';

import mysql from 'mysql2/promise';
import pg from 'pg';

import { missing } from './optional.js';

/** Engines behind a server. */
export type NetworkedEngine = 'postgres' | 'mysql';

/** Where test databases are made; the user must be allowed to. */
const servers: Readonly<Record<NetworkedEngine, string>> = {
  postgres: process.env.RUNGRAPH_TEST_POSTGRES ?? 'postgresql://postgres@127.0.0.1:5432',
  mysql: process.env.RUNGRAPH_TEST_MYSQL ?? 'mysql://root@127.0.0.1:3306',
};

/** An empty database of its own on a server, for what a test wants to put into it. */
export interface ServerDatabase {
  readonly engine: NetworkedEngine;
  /** As `--attach mlflow=…` takes it. */
  readonly url: string;
  readonly name: string;
  /** Runs one statement or a script of them; answers the rows of one, as arrays. */
  execute(text: string, values?: readonly unknown[]): Promise<unknown[][]>;
  /** Removes it, whoever is connected. */
  drop(): Promise<void>;
}

/** Makes a database. @param options what stands after CREATE DATABASE, for example a collation */
export async function createServerDatabase(engine: NetworkedEngine, options = ''): Promise<ServerDatabase> {
  const name = `rungraph_test_${randomBytes(6).toString('hex')}`;
  const admin = await connections[engine](servers[engine]);
  await admin.execute(`CREATE DATABASE ${name} ${options}`);
  const url = `${servers[engine]}/${name}`;
  const own = await connections[engine](url);
  return {
    engine,
    url,
    name,
    execute: own.execute,
    async drop() {
      await own.end();
      await admin.execute(`DROP DATABASE ${name}${engine === 'postgres' ? ' WITH (FORCE)' : ''}`);
      await admin.end();
    },
  };
}

interface Connection {
  execute(text: string, values?: readonly unknown[]): Promise<unknown[][]>;
  end(): Promise<void>;
}

const connections: Readonly<Record<NetworkedEngine, (url: string) => Promise<Connection>>> = {
  async postgres(url) {
    const client = new pg.Client({ connectionString: url.replace(/:(\d+)$/, ':$1/postgres'), connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    await client.connect();
    return {
      execute: async (text, values) =>
        (await client.query<unknown[]>({ text, rowMode: 'array', ...(values ? { values: [...values] } : {}) })).rows,
      end: () => client.end(),
    };
  },
  async mysql(url) {
    const connection = await mysql.createConnection({
      uri: url,
      connectTimeout: 2_000,
      multipleStatements: true,
      rowsAsArray: true,
      charset: 'UTF8MB4_BIN',
    });
    connection.on('error', () => undefined);
    return {
      execute: async (text, values) => (await connection.query(text, values ? [...values] : []))[0] as unknown as unknown[][],
      end: () => connection.end(),
    };
  },
};

/** Engines behind a server that this machine has. */
export const networkedEngines: readonly NetworkedEngine[] = (
  await Promise.all((['postgres', 'mysql'] as const).map(async (engine) => ((await isThere(engine)) ? [engine] : [])))
).flat();

async function isThere(engine: NetworkedEngine): Promise<boolean> {
  try {
    const connection = await connections[engine](servers[engine]);
    await connection.end();
    return true;
  } catch {
    missing(`no ${engine === 'postgres' ? 'PostgreSQL' : 'MySQL or MariaDB'} server at ${servers[engine]}`);
    return false;
  }
}
