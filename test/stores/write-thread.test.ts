import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sql, type Sql, type SqlValue } from '../../src/stores/engine/sql.js';
import { openWriter } from '../../src/stores/engine/sqlite/open.js';
import { openTestWriter, type TestWriter } from '../kit/test-writer.js';

let store: TestWriter;
let { writer, rows, count, createRun, log } = {} as TestWriter;
beforeEach(async () => {
  store = await openTestWriter();
  ({ writer, rows, count, createRun, log } = store);
});
afterEach(() => store.close());

describe('operations that wait together', () => {
  it('are all committed when they are answered, each as if it were alone', async () => {
    const runs = await Promise.all(Array.from({ length: 300 }, () => createRun()));
    expect(new Set(runs).size).toBe(300);
    expect(count('runs')).toBe(300);
    const answers = await Promise.all(runs.map((run, index) => log(run, [index, index + 1])));
    expect(answers).toEqual(runs.map(() => ({ accepted: 2, position: 2n })));
    expect(count('metrics')).toBe(600);
  });

  it('append to one run in the order in which they were sent', async () => {
    const run = await createRun();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => log(run, [index])));
    expect(answers.map(({ position }) => position)).toEqual(Array.from({ length: 50 }, (_, index) => BigInt(index + 1)));
  });

  it('take no harm from one among them that fails, of which nothing is left', async () => {
    const tagTwice = (value: string) =>
      writer.operation('logParams', {
        runId: run,
        params: [
          { key: 'lr', value },
          { key: 'size', value },
        ],
      });
    const run = await createRun({ params: [{ key: 'size', value: '1' }] });
    const outcomes = await Promise.allSettled([
      log(run, [1]),
      tagTwice('2'),
      log(run, [2]),
      log('nowhere', [3]),
      createRun({ name: 'last' }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { name: 'RuleError', code: 'IMMUTABLE', field: ['params', '1', 'value'] } });
    expect(outcomes[3]).toMatchObject({ reason: { name: 'RuleError', code: 'NOT_FOUND', field: ['run'] } });
    expect(rows(sql`SELECT key, value FROM params`)).toEqual([['size', '1']]);
    expect(rows(sql`SELECT value FROM metrics ORDER BY value`)).toEqual([[1], [2]]);
    expect(rows(sql`SELECT COUNT(*) FROM runs WHERE name = 'last'`)).toEqual([[1n]]);
  });
});

describe('a transaction', () => {
  const rename = (name: string): Sql => sql`UPDATE experiments SET name = ${name}`;
  const name = (): SqlValue => rows(sql`SELECT name FROM experiments`)[0]![0]!;

  it('keeps everything else waiting until it is committed', async () => {
    const transaction = await writer.begin();
    const order: string[] = [];
    const run = createRun().then(() => order.push('run'));
    await transaction.execute(rename('one'));
    expect((await transaction.query(sql`SELECT name FROM experiments`)).rows).toEqual([['one']]);
    expect(name()).toBe('Default');
    await transaction.commit().then(() => order.push('commit'));
    await run;
    expect(order).toEqual(['commit', 'run']);
    expect(name()).toBe('one');
  });

  it('that is abandoned is rolled back after five seconds, and the others go on', async () => {
    const abandoned = await writer.begin();
    await abandoned.execute(rename('half'));
    const started = performance.now();
    const run = await createRun();
    expect(performance.now() - started).toBeGreaterThan(4_000);
    expect(rows(sql`SELECT name FROM experiments`)).toEqual([['Default']]);
    expect(rows(sql`SELECT run_uuid FROM runs`)).toEqual([[run]]);
    await expect(abandoned.execute(rename('late'))).rejects.toThrow('The transaction has ended.');
    await expect(abandoned.commit()).rejects.toThrow('The transaction has ended.');
    expect(name()).toBe('Default');
  }, 8_000);

  it('that has ended does not reach into the one that follows', async () => {
    const first = await writer.begin();
    await first.rollback();
    const second = await writer.begin();
    await expect(first.execute(rename('stray'))).rejects.toThrow('The transaction has ended.');
    await second.execute(rename('two'));
    await expect(first.rollback()).rejects.toThrow('The transaction has ended.');
    await second.commit();
    expect(name()).toBe('two');
  });
});

describe('a database that another process has locked', () => {
  it('is BUSY, with nothing half-written, and takes writes again when the lock is gone', async () => {
    const run = await createRun();
    const other = openWriter(store.path, 'normal');
    try {
      // The writer's own patience is ten seconds.
      await writer.query(sql`PRAGMA busy_timeout = 100`);
      other.exec('BEGIN IMMEDIATE');
      const outcomes = await Promise.allSettled([
        log(run, [1]),
        log(run, [2]),
        createRun(),
        writer.begin(),
        writer.execute(sql`DELETE FROM runs`),
      ]);
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'StoreFailure', reason: 'BUSY' } });
      other.exec('ROLLBACK');
    } finally {
      other.close();
    }
    expect([count('metrics'), count('rungraph_metric_log'), count('runs')]).toEqual([0, 0, 1]);
    expect(await log(run, [3])).toEqual({ accepted: 1, position: 1n });
  });

  it('takes writes again also when the statement that met the lock is not repeated and others have written since', async () => {
    const other = openWriter(store.path, 'normal');
    const rename = (name: string) => other.exec(`UPDATE experiments SET name = '${name}'`);
    try {
      await writer.query(sql`PRAGMA busy_timeout = 100`);
      other.exec('BEGIN IMMEDIATE');
      await expect(writer.execute(sql`DELETE FROM runs`)).rejects.toMatchObject({ reason: 'BUSY' });
      await expect(writer.query(sql`DELETE FROM tags RETURNING key`)).rejects.toMatchObject({ reason: 'BUSY' });
      other.exec('COMMIT');
      for (const name of ['one', 'two']) {
        rename(name);
        await createRun();
        expect((await writer.query(sql`SELECT name FROM experiments`)).rows).toEqual([[name]]);
      }
    } finally {
      other.close();
    }
  });
});
