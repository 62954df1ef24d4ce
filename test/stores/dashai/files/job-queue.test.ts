import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterAll, describe, expect, it } from 'vitest';

import { jobsByIds, unlessNoQueue } from '../../../../src/stores/dashai/files/job-queue.sql.js';
import { SqliteConnection } from '../../../../src/stores/engine/sqlite/connection.js';
import { openForeign } from '../../../../src/stores/engine/sqlite/open.js';
import { StoreFailure } from '../../../../src/stores/store-failure.js';
import { largeFixture } from '../../../kit/optional.js';

const folder = mkdtempSync(join(tmpdir(), 'rungraph-dashai-'));
const open: SqliteConnection[] = [];
afterAll(() => {
  for (const connection of open) connection.close();
  rmSync(folder, { recursive: true, force: true });
});

function connect(path: string): SqliteConnection {
  const connection = new SqliteConnection(openForeign(path));
  open.push(connection);
  return connection;
}

/** A queue made by these statements. */
function queueOf(name: string, statements: string): SqliteConnection {
  const path = join(folder, `${name}.db`);
  const writer = new Libsql(path);
  writer.exec(statements);
  writer.close();
  return connect(path);
}

interface ExpectedJob {
  readonly id: string;
  readonly task_type: string;
  readonly job_name: string | null;
  readonly enqueued_at: string;
  readonly status: string;
  readonly last_update: string;
  readonly error_msg: string | null;
  readonly progress?: number | null;
  readonly progress_message?: string | null;
}

const utc = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`);
const seedTable = `CREATE TABLE task_copy (id TEXT PRIMARY KEY, task_type TEXT NOT NULL, job_name TEXT,
  enqueued_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, status TEXT NOT NULL, last_update DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, error_msg TEXT);`;

describe('jobs of a home', () => {
  it.each(['0.9.3', '0.10.0'].filter((version) => largeFixture(`dashai/${version}`) !== null))(
    'are those that DashAI %s had',
    async (version) => {
      const home = largeFixture(`dashai/${version}`)!;
      const path = join(folder, `fixture-${version}.db`);
      copyFileSync(join(home, 'job_queue.db'), path);
      const { jobs } = JSON.parse(readFileSync(join(home, 'expected.json'), 'utf8')) as { jobs: ExpectedJob[] };
      const read = await jobsByIds(connect(path), [...jobs.map(({ id }) => id), 'no such job']);
      expect([...read.values()].sort((a, b) => a.id.localeCompare(b.id))).toEqual(
        jobs
          .map((job) => ({
            ...{ id: job.id, status: job.status, taskType: job.task_type, jobName: job.job_name, error: job.error_msg },
            ...{ enqueuedAt: utc(job.enqueued_at), updatedAt: utc(job.last_update) },
            ...{ progress: job.progress ?? null, progressMessage: job.progress_message ?? null },
          }))
          .sort((a, b) => a.id.localeCompare(b.id)),
      );
    },
  );

  it('have their times in UTC, to the millisecond, and null for what a release does not store', async () => {
    const queue = queueOf(
      'seed',
      `${seedTable} INSERT INTO task_copy VALUES ('a', 'ModelJob', NULL, '2026-11-21 06:27:41', 'error', '2026-11-21 06:27:51.656', 'boom');`,
    );
    expect((await jobsByIds(queue, ['a'])).get('a')).toEqual({
      ...{ id: 'a', status: 'error', taskType: 'ModelJob', jobName: null, error: 'boom' },
      ...{ enqueuedAt: Date.UTC(2026, 10, 21, 6, 27, 41), updatedAt: Date.UTC(2026, 10, 21, 6, 27, 51, 656) },
      ...{ progress: null, progressMessage: null },
    });
  });

  it('are found in any number, each once', async () => {
    const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)';
    const queue = queueOf(
      'many',
      `${seedTable} ${numbers} INSERT INTO task_copy (id, task_type, status) SELECT 'job ' || i, 'T', 'finished' FROM n;`,
    );
    const ids = Array.from({ length: 1_300 }, (_, index) => `job ${index}`);
    expect((await jobsByIds(queue, [...ids, ...ids])).size).toBe(1_200);
    expect((await jobsByIds(queue, [])).size).toBe(0);
  });

  it('may have a state no release has yet, and times that are none', async () => {
    const queue = queueOf(
      'odd',
      `${seedTable} INSERT INTO task_copy VALUES ('a', 'T', 'n', 'soon', 'paused', '2026-13-45 99:00:00', NULL);`,
    );
    expect((await jobsByIds(queue, ['a'])).get('a')).toMatchObject({ status: 'paused', enqueuedAt: null, updatedAt: null });
  });

  it('are none in a queue without the table', async () => {
    expect((await jobsByIds(queueOf('empty', 'CREATE TABLE task (id INTEGER)'), ['a'])).size).toBe(0);
  });

  it('are none where there is no queue, while other failures are told', async () => {
    expect((await unlessNoQueue(Promise.reject(new StoreFailure('MISSING', 'There is no such file.')))).size).toBe(0);
    await expect(unlessNoQueue(Promise.reject(new StoreFailure('CORRUPT', 'damaged')))).rejects.toMatchObject({ reason: 'CORRUPT' });
  });
});
