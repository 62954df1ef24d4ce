import { join } from 'node:path';
import Libsql from 'libsql';

import type { Exchange, ReplayRequest } from './dashai-replay.js';

/** What a running DashAI does to the database of its home when it answers. */
export interface ActingDashai {
  /** Writes what a request changes: a row that was created, a run that was reset, a job that was queued. */
  done(request: ReplayRequest, response: Exchange['response']): void;
  /** Changes the home otherwise. */
  sql(statement: string): void;
  close(): void;
}

const tables: Readonly<Record<string, string>> = {
  'POST /api/v1/predict/': 'prediction',
  'POST /api/v1/explainer/global': 'global_explainer',
  'POST /api/v1/explainer/local': 'local_explainer',
  'POST /api/v1/explorer/': 'explorer',
  'POST /api/v1/converter/': 'converter',
  'POST /api/v1/generative-process/': 'generative_process',
};
const deliveries: Readonly<Record<string, readonly [table: string, id: string]>> = {
  ModelJob: ['run', 'run_id'],
  PredictJob: ['prediction', 'prediction_id'],
  ExplorerJob: ['explorer', 'explorer_id'],
  ConverterJob: ['converter', 'converter_id'],
  GenerativeJob: ['generative_process', 'generative_process_id'],
};
const statuses = ['NOT_STARTED', 'DELIVERED', 'STARTED', 'FINISHED', 'ERROR'];

/** Opens the copy of a home to write to it as DashAI does. */
export function openActingDashai(home: string): ActingDashai {
  const db = new Libsql(join(home, 'db.sqlite'));
  db.pragma('foreign_keys = 0');
  db.pragma('busy_timeout = 5000');
  let delivered = 0;

  const write = (table: string, row: Readonly<Record<string, unknown>>) => {
    const columns = (db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => Object.hasOwn(row, name));
    const values = columns.map((name) => stored(name, row[name]));
    db.prepare(`INSERT OR REPLACE INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`).run(...values);
  };
  const deliver = ({ job_type, kwargs }: { job_type: string; kwargs: Readonly<Record<string, number>> }) => {
    const [table, id] = deliveries[job_type] ?? [];
    if (!table) return;
    const time = `2026-11-22 10:00:${String(delivered++ % 60).padStart(2, '0')}.000001`;
    db.prepare(`UPDATE ${table} SET status = 'DELIVERED', delivery_time = ?, last_modified = ? WHERE id = ?`).run(time, time, kwargs[id!]);
  };

  return {
    done({ method, path, body }, response) {
      if (response.status >= 300) return;
      const table = tables[`${method} ${path}`];
      if (table) write(table, response.body as Readonly<Record<string, unknown>>);
      else if (path === '/api/v1/job/' && method === 'POST') deliver(body as never);
      else if (path.endsWith('/reset')) write('run', response.body as Readonly<Record<string, unknown>>);
    },
    sql: (statement) => void db.exec(statement),
    close: () => void db.close(),
  };
}

/** A member of an answer as its column has it. */
function stored(column: string, value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (column === 'status') return statuses[value as number]!;
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return value.replace('T', ' ');
  return value as string | number;
}
