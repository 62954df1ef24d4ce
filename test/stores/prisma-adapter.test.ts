import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Prisma, PrismaClient } from '../../src/generated/prisma-mlflow/client.js';
import { readMigrations } from '../../src/stores/engine/migrations.js';
import { migrateSqlite } from '../../src/stores/engine/sqlite/migrate.js';
import { openReader, openWriter, type SqliteHandle } from '../../src/stores/engine/sqlite/open.js';
import { createPrismaAdapter } from '../../src/stores/engine/sqlite/prisma-adapter.js';
import { createInProcessWriter } from './in-process-writer.js';

const migrations = readMigrations('mlflow', 'sqlite');
let folder: string;
let path: string;
let handles: SqliteHandle[];
let prisma: PrismaClient;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rungraph-prisma-'));
  path = join(folder, 'mlflow.db');
  migrateSqlite(path, migrations);
  const [writer, reader] = [openWriter(path, 'normal'), openReader(path)];
  handles = [writer, reader];
  prisma = new PrismaClient({ adapter: createPrismaAdapter({ reader, writer: createInProcessWriter(writer) }) });
});
afterEach(async () => {
  await prisma.$disconnect();
  for (const handle of handles) handle.close();
  rmSync(folder, { recursive: true, force: true });
});

const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const runNames = async () => (await prisma.run.findMany({ orderBy: { runUuid: 'asc' } })).map(({ runUuid }) => runUuid);

describe('a Prisma client on the SQLite adapter', () => {
  it('creates an experiment with runs, tags and params at once, and reads it back with them', async () => {
    await prisma.experiment.create({
      data: {
        name: 'wine',
        tags: { create: { key: 'team', value: 'cellar' } },
        runs: { create: [{ runUuid: 'a', params: { create: [{ key: 'lr', value: '0.1' }] } }, { runUuid: 'b' }] },
      },
    });
    const read = await prisma.experiment.findUnique({
      where: { name: 'wine' },
      include: { tags: true, runs: { include: { params: true }, orderBy: { runUuid: 'asc' } } },
    });
    expect(read?.tags).toEqual([{ key: 'team', value: 'cellar', experimentId: read?.experimentId }]);
    expect(read?.runs.map(({ runUuid, params }) => [runUuid, params.length])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  it('takes back all of a nested write when a part of it fails', async () => {
    const tag = { key: 'same', value: null };
    await expect(prisma.experiment.create({ data: { name: 'half', tags: { create: [tag, tag] } } })).rejects.toThrow(code('P2002'));
    expect(await prisma.experiment.count()).toBe(0);
  });

  it('inserts the first time and updates the second with upsert', async () => {
    const upsert = (value: string) =>
      prisma.meta.upsert({ where: { key: 'epoch' }, create: { key: 'epoch', value }, update: { value: `${value} again` } });
    expect(await upsert('1')).toEqual({ key: 'epoch', value: '1' });
    expect(await upsert('2')).toEqual({ key: 'epoch', value: '2 again' });
  });

  it('keeps integers beyond 2^53 exactly, typed and raw', async () => {
    const step = 2n ** 63n - 1n;
    await prisma.run.create({ data: { runUuid: 'a', startTime: -(2n ** 63n) } });
    await prisma.$executeRaw`INSERT INTO metrics (key, value, timestamp, run_uuid, step) VALUES ('loss', ${0.5}, ${1n}, 'a', ${step})`;
    expect((await prisma.run.findFirst())?.startTime).toBe(-(2n ** 63n));
    expect((await prisma.metric.findMany({ where: { step } })).map((metric) => metric.step)).toEqual([step]);
    expect(await prisma.$queryRaw`SELECT step, count(*) AS points FROM metrics`).toEqual([{ step, points: 1n }]);
  });

  it('counts run events with 64 bits', async () => {
    await prisma.runEvent.create({ data: { sequence: 2n ** 40n, runUuid: 'a', kind: 'CREATED', at: 1n } });
    const next = await prisma.runEvent.create({ data: { runUuid: 'a', kind: 'DELETED', at: 2n } });
    expect(next.sequence).toBe(2n ** 40n + 1n);
  });

  it('keeps floats, booleans and nulls as SQL wrote them', async () => {
    await prisma.run.create({ data: { runUuid: 'a' } });
    const value = 0.1 + 0.2;
    await prisma.$executeRaw`INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('loss', ${value}, 1, 'a', 1, 0), ('loss', 0.0, 2, 'a', 2, 1)`;
    const metrics = await prisma.metric.findMany({ orderBy: { step: 'asc' } });
    expect(metrics.map((metric) => [metric.value, metric.isNan])).toEqual([
      [value, false],
      [0, true],
    ]);
    expect((await prisma.run.findFirst())?.endTime).toBeNull();
  });

  it('keeps any Unicode text, and an apostrophe', async () => {
    const name = 'Größe – 大きさ 🍷 "it\'s"; DROP TABLE runs\n\u0001';
    await prisma.experiment.create({ data: { name } });
    expect(await prisma.experiment.findMany({ where: { name } })).toHaveLength(1);
    expect(await prisma.experiment.findFirst({ where: { name: { contains: '大きさ' } } })).toMatchObject({ name });
  });

  it('keeps bytes, none and many', async () => {
    await prisma.run.create({ data: { runUuid: 'a' } });
    const many = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
    for (const [offset, payload] of [new Uint8Array(0), many].entries()) {
      await prisma.metricLogEntry.create({ data: { runUuid: 'a', firstOffset: BigInt(offset), count: 1, payload } });
    }
    const entries = await prisma.metricLogEntry.findMany({ orderBy: { firstOffset: 'asc' } });
    expect(entries.map(({ payload }) => Buffer.from(payload).equals(Buffer.from(many)))).toEqual([false, true]);
    expect(entries[0]!.payload).toHaveLength(0);
  });

  it('finds a list of 30,000 keys', async () => {
    await prisma.run.createMany({ data: [{ runUuid: 'a' }, { runUuid: 'b' }] });
    const ids = Array.from({ length: 30_000 }, (_, index) => `${index}`);
    expect(await prisma.run.count({ where: { runUuid: { in: ['a', ...ids, 'b'] } } })).toBe(2);
  });

  it('answers RETURNING through $queryRaw, and a raw write without it with no rows', async () => {
    expect(await prisma.$queryRaw`/* test */ INSERT INTO rungraph_meta VALUES ('k', 'v') RETURNING value`).toEqual([{ value: 'v' }]);
    expect(await prisma.$queryRaw`UPDATE rungraph_meta SET value = 'w'`).toEqual([]);
    expect(await prisma.$queryRaw`WITH m AS (SELECT value FROM rungraph_meta) SELECT * FROM m`).toEqual([{ value: 'w' }]);
  });
});

describe('the SQLite adapter names errors', () => {
  it('P2002 with the columns when a key is taken', async () => {
    await prisma.run.create({ data: { runUuid: 'a' } });
    const again = prisma.run.create({ data: { runUuid: 'a' } });
    await expect(again).rejects.toThrow(Prisma.PrismaClientKnownRequestError);
    await expect(prisma.run.create({ data: { runUuid: 'a' } })).rejects.toMatchObject({
      code: 'P2002',
      meta: { driverAdapterError: { cause: { constraint: { fields: ['run_uuid'] } } } },
    });
  });

  it('P2003 when the parent does not exist', async () => {
    await expect(prisma.param.create({ data: { key: 'lr', value: '1', runUuid: 'nobody' } })).rejects.toThrow(code('P2003'));
  });

  it('P2011 when a value is missing', async () => {
    await expect(prisma.$executeRaw`INSERT INTO rungraph_meta (key) VALUES ('k')`).rejects.toMatchObject({
      code: 'P2010',
      meta: { driverAdapterError: { cause: { kind: 'NullConstraintViolation', constraint: { fields: ['value'] } } } },
    });
  });

  it('P2021 when a table does not exist', async () => {
    handles[0]!.exec('DROP TABLE rungraph_meta');
    await expect(prisma.meta.findMany()).rejects.toThrow(code('P2021'));
  });

  it('P1008 when another process keeps the file locked', async () => {
    const other = openWriter(path, 'normal');
    handles.push(other);
    handles[0]!.pragma('busy_timeout = 20');
    other.exec('BEGIN IMMEDIATE');
    await expect(prisma.meta.create({ data: { key: 'k', value: 'v' } })).rejects.toThrow(code('P1008'));
    other.exec('ROLLBACK');
    expect(await prisma.meta.create({ data: { key: 'k', value: 'v' } })).toEqual({ key: 'k', value: 'v' });
  });
});

describe('a transaction of the SQLite adapter', () => {
  it('is seen by nobody while it is open, and leaves nothing when it is rolled back', async () => {
    const failed = prisma.$transaction(async (transaction) => {
      await transaction.run.create({ data: { runUuid: 'a' } });
      expect(await transaction.run.count()).toBe(1);
      expect(await runNames()).toEqual([]);
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await runNames()).toEqual([]);
  });

  it('keeps a write from outside waiting, which then survives the rollback', async () => {
    const order: string[] = [];
    let outside: Promise<unknown> | undefined;
    const failed = prisma.$transaction(async (transaction) => {
      await transaction.run.create({ data: { runUuid: 'inside' } });
      outside = prisma.run.create({ data: { runUuid: 'outside' } }).then(() => order.push('outside'));
      // Reads do not wait: several of them come and go while the write stands in line.
      for (let read = 0; read < 20; read += 1) expect(await runNames()).toEqual([]);
      order.push('inside');
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    await outside;
    expect(order).toEqual(['inside', 'outside']);
    expect(await runNames()).toEqual(['outside']);
  });

  it('of several statements is all or nothing', async () => {
    const create = (runUuid: string) => prisma.run.create({ data: { runUuid } });
    await expect(prisma.$transaction([create('a'), create('b'), create('a')])).rejects.toThrow(code('P2002'));
    expect(await runNames()).toEqual([]);
    await prisma.$transaction([create('a'), create('b')]);
    expect(await runNames()).toEqual(['a', 'b']);
  });

  it('inside another takes back only its own part', async () => {
    await prisma.$transaction(async (outer) => {
      await outer.run.create({ data: { runUuid: 'outer' } });
      const inner = outer.$transaction(async (transaction) => {
        await transaction.run.create({ data: { runUuid: 'inner' } });
        throw new Error('only this');
      });
      await expect(inner).rejects.toThrow('only this');
      await outer.$transaction((transaction) => transaction.run.create({ data: { runUuid: 'second' } }));
    });
    expect(await runNames()).toEqual(['outer', 'second']);
  });

  it('begins after the one before it ended, for any number of them', async () => {
    await prisma.meta.create({ data: { key: 'count', value: '0' } });
    const increment = () =>
      prisma.$transaction(async (transaction) => {
        const { value } = await transaction.meta.findUniqueOrThrow({ where: { key: 'count' } });
        await transaction.meta.update({ where: { key: 'count' }, data: { value: `${Number(value) + 1}` } });
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    expect(await prisma.meta.findFirst()).toEqual({ key: 'count', value: '20' });
  });

  it('is serializable and nothing less', async () => {
    const run = (isolationLevel: string) =>
      prisma.$transaction((transaction) => transaction.run.count(), { isolationLevel: isolationLevel as Prisma.TransactionIsolationLevel });
    await expect(run('ReadCommitted')).rejects.toThrow('READ COMMITTED');
    expect(await run('Serializable')).toBe(0);
  });
});
