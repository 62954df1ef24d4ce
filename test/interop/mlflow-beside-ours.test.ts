import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { missing } from '../kit/optional.js';
import { postgresIsThere, temporaryDatabase } from '../kit/postgres.js';
import { startTestServer } from '../kit/server.js';
import { hasMlflow, MlflowClient } from './mlflow-client.js';
import { createExperiment, createRun, mutate } from './mutations.js';

const present = hasMlflow();
const hasPostgres = await postgresIsThere();
if (!hasPostgres) missing('no PostgreSQL server on 127.0.0.1:5432');
const headRevision = /^(?!4465047574b1)[0-9a-f]{12}$/;
const start = 1_700_000_000_000;

describe.each(['SQLite', 'PostgreSQL'])('MLflow, at the same %s database as a running server', (engine) => {
  const isThere = present && (engine === 'SQLite' || hasPostgres);
  it.skipIf(!isThere)('migrates it and writes to it while the server reads and writes', { timeout: 120_000 }, async () => {
    await using database = engine === 'SQLite' ? null : await temporaryDatabase();
    await using server = await startTestServer(database ? ['--database', database.url] : []);
    const mlflow = new MlflowClient(database?.url ?? join(server.dataFolder, 'mlflow.db'));
    const experiment = await createExperiment(server, 'ours');
    const run = await createRun(server, { experiment: experiment.id, name: 'ours' });
    let working = true;
    let step = 0;
    const work = (async () => {
      while (working) {
        await mutate(server, 'logMetrics', {
          run: run.id,
          series: [{ key: 'loss', values: [step], steps: [step], timestamps: [start + step] }],
        });
        if (step % 10 === 0) await mutate(server, 'setTags', { run: run.id, tags: [{ key: 'step', value: String(step) }] });
        if (step % 25 === 0) await createRun(server, { experiment: experiment.id, name: `ours ${step}` });
        const { data, errors } = await server.query(
          `{ runs { totalCount nodes { name metrics { value count } } } source(name: "local") { state } }`,
        );
        expect(errors).toBeUndefined();
        expect(data.source.state).toBe('READY');
        expect(data.runs.nodes.find(({ name }: { name: string }) => name === 'ours').metrics).toEqual([{ value: step, count: step + 1 }]);
        step++;
      }
    })();
    const theirs = await Promise.race([
      mlflow.write('theirs', 'theirs', 100),
      work.then(() => Promise.reject(new Error('The server stopped.'))),
    ]);
    working = false;
    await work;
    expect(step).toBeGreaterThan(20);

    const read = await mlflow.read();
    const ours = read.runs.find(({ id }) => id === run.nativeId)!;
    expect(ours.history.loss!.map(([at]) => Number(at))).toEqual(Array.from({ length: step }, (_, index) => index));
    expect(ours.tags.step).toBe(String(Math.floor((step - 1) / 10) * 10));
    expect(read.runs.filter(({ experiment: of }) => of === experiment.nativeId).length).toBe(1 + Math.ceil(step / 25));
    expect(read.runs.find(({ id }) => id === theirs.run)!.history.loss!.length).toBe(100);
    const { data } = await server.query(`query ($by: RunBy!) { run(by: $by) { name status } source(name: "local") { schemaVersion } }`, {
      by: { nativeId: theirs.run, source: 'local' },
    });
    expect(data.run).toEqual({ name: 'theirs', status: 'FINISHED' });
    expect(data.source.schemaVersion).toMatch(headRevision);
    expect(server.log()).toBe('');
  });
});

describe.skipIf(!present)('MLflow, at a file that is attached', () => {
  const folder = present ? mkdtempSync(join(tmpdir(), 'rungraph-attached-')) : '';
  const path = join(folder, 'theirs.db');
  afterAll(() => {
    if (present) rmSync(folder, { recursive: true, force: true });
  });

  it('is never held up by the reader', { timeout: 180_000 }, async () => {
    const mlflow = new MlflowClient(path);
    await mlflow.write('theirs', 'before', 1);
    await using server = await startTestServer(['--attach', `mlflow=${path},name=theirs`]);
    let working = true;
    let asked = 0;
    const reading = Promise.all(
      [1, 2, 3].map(async () => {
        while (working) {
          const { data, errors } = await server.query(
            `{ runs(filter: { source: { eq: "theirs" } }) { totalCount sources { ok } nodes { name params { value } metrics { min count } series(sampling: NONE) { values } } }
               source(name: "theirs") { state pointCount } }`,
          );
          expect([errors, data.runs.sources, data.source.state]).toEqual([undefined, [{ ok: true }], 'READY']);
          asked++;
        }
      }),
    );
    const written = await Promise.race([
      mlflow.write('theirs', 'meanwhile', 200),
      reading.then(() => Promise.reject(new Error('The server stopped.'))),
    ]);
    working = false;
    await reading;
    expect(asked).toBeGreaterThan(50);
    expect(written.slowest).toBeLessThan(5);
    const { data } = await server.query(`query ($by: RunBy!) { run(by: $by) { metric(key: "loss") { count step } } }`, {
      by: { nativeId: written.run },
    });
    expect(data.run.metric).toEqual({ count: 200, step: 199 });
    expect(journalOf(path)).toBe('delete');
    expect(readdirSync(folder)).toEqual(['theirs.db']);
  });
});

/** How the file says it is written: SQLite's header, bytes 18 and 19. */
function journalOf(path: string): 'delete' | 'wal' {
  const file = openSync(path, 'r');
  try {
    const versions = Buffer.alloc(2);
    readSync(file, versions, 0, 2, 18);
    return versions.equals(Buffer.from([1, 1])) ? 'delete' : 'wal';
  } finally {
    closeSync(file);
  }
}
