import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import { startReaders, type Readers } from '../../src/stores/engine/readers.js';
import { StoreFailure } from '../../src/stores/store-failure.js';
import { openTestDatabase, type TestDatabase } from '../kit/mlflow-database.js';

const entry = new URL('../../src/stores/mlflow/read.thread.ts', import.meta.url);

describe('reader threads', () => {
  let database: TestDatabase;
  let readers: Readers;
  beforeAll(async () => {
    database = await openTestDatabase('own', 'local');
    readers = startReaders(entry, { count: 1, timeoutMs: 1_000, clock: systemClock });
  });
  afterAll(async () => {
    await readers.close();
    database.close();
  });

  const ask = (path: string, name = 'summary') =>
    readers.read({ database: { engine: 'sqlite', path, foreign: false }, source: 'local', name, input: null });

  it('answer again after one of them died', async () => {
    expect(await ask(database.path)).toMatchObject({ runCount: 0 });
    await readers.close(); // what a thread that ran out of memory looks like from outside
    expect(await ask(database.path)).toMatchObject({ runCount: 0 });
  });

  it('refuse what is no file, which opening would wait for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rungraph-pipe-'));
    const pipe = join(folder, 'mlflow.db');
    execFileSync('mkfifo', [pipe]);
    await expect(ask(pipe)).rejects.toThrow(StoreFailure);
    expect(await ask(database.path)).toMatchObject({ runCount: 0 });
    rmSync(folder, { recursive: true });
  });
});
