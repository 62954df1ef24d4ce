import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunGraph } from '@rungraph/sdk';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { pieces, type HistoryRange } from '../../src/cli/export/series-pieces.js';
import { createApi, type Api } from '../kit/api.js';
import { jsonLines, runCommand, startCommand, type Ended } from '../kit/command.js';
import { attachFlags, copyFixtures, readDouble, removeFixtures, type MlflowFixture } from '../kit/mlflow-fixtures.js';
import { missing } from '../kit/optional.js';
import { startTestServer, type TestServer } from '../kit/server.js';

/** What RFC 4180 says of a file: its records, cell by cell. Null is a cell with nothing in it, not even quotes. */
function parseCsv(text: string): (string | null)[][] {
  const records: (string | null)[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy)) {
    records.at(-1)!.push(quoted === undefined ? bare || null : quoted.replaceAll('""', '"'));
    if (end === '\r\n') records.push([]);
    if (end === '') break;
  }
  records.pop(); // the last line ends, too
  return records;
}

const asObjects = ([header, ...records]: (string | null)[][]): Record<string, string | null>[] =>
  records.map((cells) => Object.fromEntries(header!.map((name, index) => [name, cells[index]!])));

const readParquet = async (path: string): Promise<Record<string, unknown>[]> => {
  const bytes = readFileSync(path);
  return parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
};

describe('rungraph export', { timeout: 120_000 }, () => {
  const odd = ['NaN', 'Infinity', '-Infinity', '-0', 5e-324, 0.1, 1.7976931348623157e308];
  const awkward = { 'a,b': 'comma, "quote"', formula: '=1+1', lines: 'one\r\ntwo\nthree', empty: '', 'ключ 🍇': 'значение 🍷' };
  const endless = `SELECT run_uuid FROM runs WHERE lifecycle_stage = 'active' ORDER BY run_uuid LIMIT 1`;
  let fixtures: MlflowFixture[];
  let server: TestServer;
  let api: Api;
  let client: RunGraph;
  let folder: string;
  let odds: string;

  beforeAll(async () => {
    fixtures = copyFixtures(['3.17.2']);
    const mlflow = new Libsql(fixtures[0]!.path);
    mlflow.exec(`UPDATE runs SET start_time = 0, end_time = ${2n ** 63n - 1n} WHERE run_uuid IN (${endless})`);
    mlflow.close();
    folder = mkdtempSync(join(tmpdir(), 'rungraph-export-test-'));
    server = await startTestServer(attachFlags(fixtures));
    api = createApi(server);
    client = new RunGraph({ url: server.url });
    const params = Object.entries(awkward).map(([key, value]) => ({ key, value }));
    odds = await api.createRun({ name: 'odd, "run"', params, tags: [{ key: 'team', value: 'red' }] });
    const steps = ['-9223372036854775808', '9223372036854775807', '9007199254740993', 0, 1, 2, 3];
    await api.log(odds, [{ key: 'odd', values: odd, steps, timestamps: [0, 1, 2, 3, 4, 5, '8640000000000001'] }]);
    await api.log(odds, [{ key: 'only nan', values: ['NaN'] }]);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    removeFixtures(fixtures);
    rmSync(folder, { recursive: true });
  });

  const exporting = (...args: string[]): Promise<Ended> => runCommand('export', '--url', server.url, ...args);
  const file = (name: string): string => join(folder, name);
  async function exported(name: string, ...args: string[]): Promise<Record<string, any>> {
    const ended = await exporting('--out', file(name), '--json', ...args);
    expect([ended.err, ended.code]).toEqual(['', 0]);
    const [summary] = jsonLines(ended);
    expect(summary!.bytes).toBe(readFileSync(file(name)).length);
    return summary!;
  }
  const nativeId = (id: string): string => id.split(':')[2]!;

  it('writes runs as JSON Lines, each as the API has it', async () => {
    const { out, err, code } = await exporting('--out', '-');
    expect([err, code]).toEqual(['', 0]);
    const lines = jsonLines({ out, err, code });
    const ids: string[] = [];
    for await (const run of client.runs.all()) ids.push(run.id);
    expect(lines.map(({ id }) => id as string)).toEqual(ids);
    const run = lines.find(({ id }) => id === odds)!;
    expect(run.params).toEqual(
      Object.entries(awkward)
        .map(([key, value]) => ({ key, value, number: null }))
        .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))),
    );
    expect(run.metrics[0]).toMatchObject({ key: 'odd', value: 'Infinity', step: '9223372036854775807', min: '-Infinity', max: 'Infinity' });
  });

  it('writes runs as a wide CSV that every reader of RFC 4180 reads back', async () => {
    expect(await exported('runs.csv', '--source', 'local', '--metric-values', 'max,last')).toMatchObject({ format: 'csv', rows: 1 });
    const text = readFileSync(file('runs.csv'), 'utf8');
    const records = parseCsv(text);
    const [run] = asObjects(records);
    expect(records[0]).toEqual([
      ...['source', 'run_id', 'name', 'experiment', 'status', 'lifecycle_stage', 'started_at', 'ended_at', 'duration_ms', 'user'],
      ...['params.a,b', 'params.empty', 'params.formula', 'params.lines', 'params.ключ 🍇'],
      ...['metrics.odd', 'metrics.only nan', 'metrics_max.odd', 'metrics_max.only nan', 'tags.mlflow.runName', 'tags.team'],
    ]);
    for (const [key, value] of Object.entries(awkward)) expect(run![`params.${key}`]).toBe(value);
    expect(run).toMatchObject({
      ...{ source: 'local', run_id: nativeId(odds), name: 'odd, "run"', ended_at: null, 'tags.team': 'red' },
      ...{ 'metrics.odd': 'Infinity', 'metrics.only nan': 'NaN', 'metrics_max.only nan': null },
    });
    expect(new Date(run!.started_at!).toISOString()).toBe(run!.started_at);
  });

  it('writes texts that a spreadsheet would execute as they are, and with --spreadsheet harmless', async () => {
    await exported('plain.csv', '--source', 'local');
    expect(asObjects(parseCsv(readFileSync(file('plain.csv'), 'utf8')))[0]!['params.formula']).toBe('=1+1');
    await exported('safe.csv', '--source', 'local', '--spreadsheet');
    expect(asObjects(parseCsv(readFileSync(file('safe.csv'), 'utf8')))[0]!['params.formula']).toBe("'=1+1");
  });

  it.each(['csv', 'jsonl'])('writes every point with its bits as %s', async (format) => {
    await exported(`series.${format}`, '--series', '--source', 'local', '--keys', 'odd');
    const text = readFileSync(file(`series.${format}`), 'utf8');
    const rows =
      format === 'csv'
        ? asObjects(parseCsv(text))
        : text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ step }) => String(step))).toEqual([
      '-9223372036854775808',
      '0',
      '1',
      '2',
      '3',
      '9007199254740993',
      '9223372036854775807',
    ]);
    expect(rows.map(({ value }) => Number(value))).toEqual([NaN, -0, 5e-324, 0.1, 1.7976931348623157e308, -Infinity, Infinity]);
    expect(rows.map(({ timestamp }) => String(timestamp))).toEqual(['0', '3', '4', '5', '8640000000000001', '2', '1']);
    expect(rows[0]).toMatchObject({ source: 'local', experiment: 'Default', run_id: nativeId(odds), run_name: 'odd, "run"', key: 'odd' });
  });

  it('writes histories as Parquet with exact columns', async () => {
    await exported('series.parquet', '--series', '--source', 'local');
    const rows = await readParquet(file('series.parquet'));
    const values = rows.filter(({ key }) => key === 'odd').map(({ value }) => value);
    expect(values).toEqual([NaN, -0, 5e-324, 0.1, 1.7976931348623157e308, -Infinity, Infinity]);
    expect(rows.at(0)).toMatchObject({ step: -(2n ** 63n), timestamp: 0n, run_name: 'odd, "run"' });
    expect(rows.find(({ value }) => value === Infinity)).toMatchObject({ step: 2n ** 63n - 1n });
    const bytes = readFileSync(file('series.parquet'));
    const { row_groups: groups } = parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    expect(groups[0]!.columns.every(({ meta_data: column }) => column!.codec === 'SNAPPY')).toBe(true);
  });

  it('has every point of an attached database', async () => {
    const { path, expected } = fixtures[0]!;
    expect(await exported('lab.parquet', '--series', '--source', '3.17.2')).toMatchObject({ format: 'parquet' });
    const rows = await readParquet(file('lab.parquet'));
    const mlflow = new Libsql(path);
    mlflow.defaultSafeIntegers(true);
    const stored = mlflow
      .prepare(
        `SELECT m.run_uuid, m.key, m.step, m.timestamp, m.value, m.is_nan FROM metrics m JOIN runs r USING (run_uuid) WHERE r.lifecycle_stage = 'active'`,
      )
      .raw(true)
      .all() as [string, string, bigint, bigint, number, bigint][];
    mlflow.close();
    const name = (...parts: unknown[]) => parts.map(String).join(' ');
    expect(rows.map((row) => name(row.run_id, row.key, row.step, row.timestamp, row.value)).toSorted()).toEqual(
      stored.map(([run, key, step, time, value, isNan]) => name(run, key, step, time, isNan ? NaN : readDouble(value))).toSorted(),
    );
    expect(Object.keys(expected.runs).length).toBeGreaterThan(new Set(rows.map(({ run_id: run }) => run)).size - 1);
  });

  it('writes runs as a wide Parquet file: absent is null, and NaN is NaN', async () => {
    await exported('runs.parquet');
    const rows = await readParquet(file('runs.parquet'));
    const run = rows.find(({ run_id: id }) => id === nativeId(odds))!;
    expect(run).toMatchObject({ 'metrics.only nan': NaN, 'metrics.acc': null, 'params.empty': '', 'params.ключ 🍇': 'значение 🍷' });
    expect(run.started_at).toBeInstanceOf(Date);
    expect(rows.filter(({ ended_at: end }) => Number(end) === 8.64e15).map(({ duration_ms: duration }) => duration)).toEqual([
      2n ** 63n - 1n,
    ]);
    expect(rows.filter(({ source }) => source === '3.17.2')).toHaveLength(
      Object.values(fixtures[0]!.expected.runs).filter((one) => one.lifecycle_stage === 'active').length,
    );
  });

  it('writes model versions with their aliases and tags', async () => {
    await exported('models.csv', '--models', '--filter', '{"name":{"eq":"wine-model"}}');
    const rows = asObjects(parseCsv(readFileSync(file('models.csv'), 'utf8')));
    const { registry } = fixtures[0]!.expected;
    const wanted = registry.versions.filter(({ name }) => name === 'wine-model');
    expect(rows.map(({ version, run_id: run, stage }) => [version, run, stage])).toEqual(
      wanted.map((version) => [String(version.version), version.run_id, version.stage.toUpperCase()]),
    );
    const { aliases } = registry.registered_models.find(({ name }) => name === 'wine-model')!;
    for (const [alias, version] of Object.entries(aliases)) {
      expect(rows.find((row) => row.version === String(version))!.aliases!.split(',')).toContain(alias);
    }
    await exported('models.parquet', '--models');
    expect(await readParquet(file('models.parquet'))).toHaveLength(registry.versions.length);
  });

  it('is read by pandas with the types it has', async () => {
    const python = join(homedir(), '.cache/rungraph-interop/bin/python');
    if (!existsSync(python)) return missing('pandas');
    await exported('pandas.parquet', '--series', '--source', 'local', '--keys', 'odd');
    await exported('pandas-runs.parquet', '--source', 'local');
    const script = `
import pandas as pd, struct
d = pd.read_parquet('${file('pandas.parquet')}')
print(d.dtypes['step'], d.dtypes['timestamp'], d.dtypes['value'], list(d['step']), [struct.pack('>d', v).hex() for v in d['value']])
r = pd.read_parquet('${file('pandas-runs.parquet')}')
print(r.dtypes['started_at'], r['params.lines'][0].encode(), r['metrics.odd'][0])
c = pd.read_csv('${file('pandas.csv')}', float_precision='round_trip')
print(list(c['value'])[2:], list(c['step'])[-1])`;
    await exported('pandas.csv', '--series', '--source', 'local', '--keys', 'odd');
    const { stdout, stderr } = spawnSync(python, ['-c', script], { encoding: 'utf8' });
    const [series, run, csv] = stdout.trim().split('\n');
    expect(series, stderr).toContain('int64 int64 float64 [-9223372036854775808, 0, 1, 2, 3, 9007199254740993, 9223372036854775807]');
    expect(series).toContain(
      "'8000000000000000', '0000000000000001', '3fb999999999999a', '7fefffffffffffff', 'fff0000000000000', '7ff0000000000000'",
    );
    expect(run).toBe("datetime64[ms, UTC] b'one\\r\\ntwo\\nthree' inf");
    expect(csv).toBe('[5e-324, 0.1, 1.7976931348623157e+308, -inf, inf] 9223372036854775807');
  });

  it('writes a table without rows', async () => {
    for (const name of ['none.csv', 'none.parquet', 'none.jsonl']) {
      expect(await exported(name, '--filter', '{"name":{"eq":"nobody"}}')).toMatchObject({ rows: 0 });
    }
    expect(parseCsv(readFileSync(file('none.csv'), 'utf8'))).toHaveLength(1);
    expect(await readParquet(file('none.parquet'))).toEqual([]);
    expect(readFileSync(file('none.jsonl'), 'utf8')).toBe('');
  });

  it('writes to stdout, tells there nothing else, and ends quietly when nobody reads on', async () => {
    const piped = await exporting('--series', '--out', '-', '--format', 'csv', '--json');
    expect([piped.out.startsWith('source,experiment,run_id,'), piped.code]).toEqual([true, 0]);
    expect(JSON.parse(piped.err)).toMatchObject({ out: '-', format: 'csv', bytes: Buffer.byteLength(piped.out) });

    const child = startCommand(['export', '--url', server.url, '--series', '--out', '-']);
    let err = '';
    child.stderr!.on('data', (text: Buffer) => (err += text.toString()));
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    const [code] = (await once(child, 'exit')) as [number];
    expect([code, err]).toEqual([0, '']);
  });

  it('leaves the file that was there, and no other, when it fails', async () => {
    writeFileSync(file('kept.csv'), 'before');
    const names = readdirSync(folder);
    const refused = await exporting('--out', file('kept.csv'), '--filter', '{"nmae":{"eq":"a"}}');
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^rungraph: .*nmae.*\n$/);
    expect(readFileSync(file('kept.csv'), 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(names);
  });

  it('writes where a link leads, into a file that keeps its rights', async () => {
    writeFileSync(file('private.csv'), 'before', { mode: 0o600 });
    symlinkSync(file('private.csv'), file('link.csv'));
    await exported('link.csv', '--source', 'local');
    expect(lstatSync(file('link.csv')).isSymbolicLink()).toBe(true);
    expect(readFileSync(file('private.csv'), 'utf8')).toMatch(/^source,run_id,/);
    expect(statSync(file('private.csv')).mode & 0o777).toBe(0o600);
  });

  it('does not take half of the sources for all of them', async () => {
    const [gone] = copyFixtures(['2.16.2']);
    await using other = await startTestServer(['--attach', `mlflow=${gone!.path},name=gone`]);
    removeFixtures([gone!]);
    const { code, err } = await runCommand('export', '--url', other.url, '--out', file('half.csv'));
    expect(err).toMatch(/^rungraph: Source gone cannot be read \(SOURCE_UNAVAILABLE: .*\); nothing was exported\. Name the source .*\n$/);
    expect([code, existsSync(file('half.csv'))]).toEqual([1, false]);
    expect((await runCommand('export', '--url', other.url, '--out', file('half.csv'), '--source', 'local')).code).toBe(0);
  });

  it.each([
    [['--out', 'runs.xlsx'], 'does not say which format is wanted'],
    [['--out', '-', '--filter', '{'], '--filter is not JSON'],
    [['--out', '/nowhere/at/all.csv'], 'there is no folder /nowhere/at'],
    [['--out', tmpdir(), '--format', 'csv'], 'is a folder'],
    [['--out', '/dev/full', '--format', 'csv'], 'there is no space left in /dev'],
    [['--out', `${'n'.repeat(250)}.csv`], 'the name is too long'],
    [['--out', '-', '--metric-values', 'mean'], '"mean" is none of last, min, max'],
    [['--out', '-', '--models', '--experiment', 'a'], '--experiment chooses runs'],
    [['--out', '-', '--url', 'http://127.0.0.1:1/graphql'], 'does not answer'],
  ])('says in one line what is wrong with %j', async (args, message) => {
    const { code, err, out } = await exporting(...args);
    expect(err).toContain(message);
    expect([code, out, err.split('\n').length]).toEqual([1, '', 2]);
  });

  describe('a history longer than one answer', () => {
    async function piecesOf(run: string, points: number): Promise<{ ranges: HistoryRange[]; counts: number[]; values: number[] }> {
      const ranges: HistoryRange[] = [];
      for await (const range of pieces(client, run, 'long', points)) ranges.push(range);
      const parts = await Promise.all(ranges.map((range) => client.series(run, { ...range, keys: ['long'], sampling: 'NONE' })));
      const counts = parts.map(([series]) => series?.values.length ?? 0);
      return { ranges, counts, values: parts.flatMap(([series]) => [...(series?.values ?? [])]) };
    }

    async function logLong(steps: (index: number) => number): Promise<{ run: string; count: number }> {
      const run = await api.createRun();
      const count = 300_000;
      for (let from = 0; from < count; from += 50_000) {
        const indexes = Array.from({ length: 50_000 }, (_, index) => from + index);
        await api.log(run, [{ key: 'long', values: indexes, steps: indexes.map(steps), timestamps: indexes }]);
      }
      return { run, count };
    }

    it.each([
      ['of growing steps', (index: number) => index],
      ['of steps that leap', (index: number) => index ** 2],
      ['of one step alone, in runs that count none', () => 0],
      ['with one step that has most points', (index: number) => Math.max(0, index - 280_000)],
    ])('is divided without a point lost or repeated: %s', async (_what, steps) => {
      const { run, count } = await logLong(steps);
      const { counts, values } = await piecesOf(run, count);
      expect(Math.max(...counts)).toBeLessThanOrEqual(100_000);
      expect(values).toHaveLength(count);
      expect(values.every((value, index) => value === index)).toBe(true);
      await exported('long.jsonl', '--series', '--filter', JSON.stringify({ id: { eq: run } }));
      expect(readFileSync(file('long.jsonl'), 'utf8').split('\n')).toHaveLength(count + 1);
    });
  });
});
