import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApi } from '../kit/api.js';
import { missing } from '../kit/optional.js';
import { startTestServer } from '../kit/server.js';
import { rungraph } from '../kit/program.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `rungraph doctor` to its end. */
const doctor = (...flags: string[]): Promise<Ended> => doctorAs({}, ...flags);

async function doctorAs(user: SpawnOptions, ...flags: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [...rungraph, 'doctor', ...flags], { cwd: root, ...user, stdio: 'pipe' });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

const log = (run: string, key: string, values: unknown[]) => ({
  query: 'mutation ($input: LogMetricsInput!) { logMetrics(input: $input) { pointsAccepted userErrors { message } } }',
  variables: { input: { run, series: [{ key, values }] } },
});
const history = 'query ($id: ID!) { run(by: { id: $id }) { series(sampling: NONE) { key values } } }';

function changeFile(folder: string, statement: string): void {
  const handle = new Libsql(join(folder, 'mlflow.db'), { timeout: 10_000 });
  handle.exec(statement);
  handle.close();
}

describe('rungraph doctor on the store of a running server', () => {
  it('finds a damaged entry, and writes the log anew while the server answers', { timeout: 60_000 }, async () => {
    await using server = await startTestServer();
    const run = await createApi(server).createRun();
    const nativeId = run.split(':')[2]!;
    const send = async (key: string, values: unknown[]) => {
      const { query, variables } = log(run, key, values);
      expect((await server.query(query, variables)).data.logMetrics).toEqual({ pointsAccepted: values.length, userErrors: [] });
    };
    await send('loss', [1, 'NaN', 'Infinity']);
    await send('acc', ['-0', 0.1]);
    const flags = ['--data', server.dataFolder];
    const path = join(server.dataFolder, 'mlflow.db');

    const healthy = await doctor(...flags, '--json');
    expect(JSON.parse(healthy.out)).toEqual({ store: path, ok: true, rebuilt: null, runs: 1, points: 5, findings: [] });
    expect([healthy.code, healthy.err]).toEqual([0, '']);

    changeFile(server.dataFolder, "UPDATE rungraph_metric_log SET payload = CAST(payload || 'x' AS BLOB) WHERE first_offset = 0");
    const { errors } = await server.query(history, { id: run });
    expect(errors).toMatchObject([{ extensions: { code: 'SOURCE_UNAVAILABLE' } }]);
    expect(errors![0]!.message).toContain('rungraph doctor --rebuild-log');

    const found = await doctor(...flags, '--json');
    expect(JSON.parse(found.out)).toEqual({
      ...{ store: path, ok: false, rebuilt: null, runs: 1, points: 2 },
      findings: [{ code: 'ENTRY_DAMAGED', run: nativeId, message: 'The entry at offset 0 (3 points) is damaged.' }],
    });
    expect([found.code, found.err]).toEqual([1, '']);
    const report = await doctor(...flags);
    expect(report.code).toBe(1);
    expect(report.out).toMatch(new RegExp(`ENTRY_DAMAGED +${nativeId} +The entry at offset 0`));
    expect(report.err).toBe("The log and the statistics can be written anew from MLflow's rows: rungraph doctor --rebuild-log\n");

    const rebuilt = await doctor(...flags, '--rebuild-log', '--json');
    expect(JSON.parse(rebuilt.out)).toEqual({
      ...{ store: path, ok: true, runs: 1, points: 5, findings: [] },
      rebuilt: { runs: 1, points: 5, exactKept: 1 },
    });
    expect([rebuilt.code, rebuilt.err]).toEqual([0, '']);
    await send('loss', [7]);
    const after = await server.query(history, { id: run });
    expect(after.errors).toBeUndefined();
    expect(after.data.run.series).toEqual([
      { key: 'acc', values: [expect.anything(), 0.1] },
      { key: 'loss', values: [1, 'NaN', 'Infinity', 7] },
    ]);
    expect((await doctor(...flags)).out).toContain('1 runs, 6 points in the log.\nEverything is as it should be.');
  });
});

describe('rungraph doctor where there is nothing to look at', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rungraph-doctor-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const expectOneLine = ({ code, out, err }: Ended, message: string) => {
    expect(err).toBe(`rungraph: ${message}\n`);
    expect([code, out]).toEqual([1, '']);
  };

  it.each([[[]], [['--rebuild-log']], [['--json']]])('says in one line that there is no store (%j)', async (flags) => {
    const path = join(folder, 'nowhere');
    expectOneLine(await doctor('--data', path, ...flags), `There is no store ${path}/mlflow.db; choose its folder with --data.`);
  });

  it('says in one line that a file is no database, or none of RunGraph, and leaves it as it is', async () => {
    const [text, foreign] = [join(folder, 'text'), join(folder, 'foreign')];
    mkdirSync(text);
    mkdirSync(foreign);
    writeFileSync(join(text, 'mlflow.db'), 'This is a text and no database at all.');
    changeFile(foreign, 'CREATE TABLE runs (name)');
    for (const flags of [[], ['--rebuild-log']]) {
      expectOneLine(await doctor('--data', text, ...flags), `${text}/mlflow.db: The file is not a SQLite database.`);
      expectOneLine(await doctor('--data', foreign, ...flags), `${foreign}/mlflow.db: It is not an embedded store of RunGraph.`);
    }
  });

  it('says in one line that this user may not read it', async () => {
    // The superuser may read everything, so it becomes nobody.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    if (spawnSync(process.execPath, ['--check', join(root, 'eslint.config.js')], user).status !== 0)
      return missing('a user that may read this folder');
    const path = join(folder, 'closed');
    mkdirSync(path);
    writeFileSync(join(path, 'mlflow.db'), '');
    chmodSync(folder, 0o755);
    chmodSync(path, 0);
    expectOneLine(await doctorAs(user, '--data', path), `${path}/mlflow.db may not be read by this user.`);
    chmodSync(path, 0o755);
    chmodSync(join(path, 'mlflow.db'), 0);
    expectOneLine(
      await doctorAs(user, '--data', path),
      `${path}/mlflow.db: The file cannot be opened; check that it is readable for this user.`,
    );
  });
});
