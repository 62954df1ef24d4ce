import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { bareRun, insertRuns, openTestDatabase, type TestDatabase } from '../kit/mlflow-database.js';
import { startTestServer, type TestServer } from '../kit/server.js';

let database: TestDatabase;
let elsewhere: string;
let server: TestServer;

const file = (path: string, content: string) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};

/** Runs by what their `artifact_uri` says, and what of it may be read: without an `artifacts=`, and with one. */
const runs: { readonly what: string; readonly id: string; uri: string; readonly plain: string | null; readonly named: string | null }[] =
  [];

beforeAll(async () => {
  database = await openTestDatabase('foreign', 'attached', ['one']);
  elsewhere = mkdtempSync(join(tmpdir(), 'rungraph-elsewhere-'));
  const folder = dirname(database.path);
  file(join(folder, 'mlruns/1/r/artifacts/f'), 'in mlruns');
  file(join(folder, 'mlruns/1/space and ü/f'), 'in a file URI');
  file(join(folder, 'mlartifacts/1/r/artifacts/f'), 'in mlartifacts');
  file(join(folder, 'private/f'), 'beside the database');
  file(join(elsewhere, 'kept/1/r/artifacts/f'), 'elsewhere');
  file(join(elsewhere, 'kept-not/f'), 'a name that begins alike');
  symlinkSync(join(folder, 'private'), join(folder, 'mlruns/1/link'));
  const add = (what: string, uri: string, plain: string | null, named: string | null = plain) =>
    runs.push({ what, id: String(runs.length).padStart(32, '0'), uri, plain, named });

  add('a folder of mlruns', join(folder, 'mlruns/1/r/artifacts'), 'in mlruns');
  add('a file URI', `file://${encodeURI(join(folder, 'mlruns/1/space and ü'))}`, 'in a file URI');
  add('a relative path', './mlruns/1/r/artifacts', 'in mlruns');
  add('a place of the proxy', 'mlflow-artifacts:/1/r/artifacts', 'in mlartifacts', 'elsewhere');
  add('a place of the proxy with its host', 'mlflow-artifacts://host:5000/1/r/artifacts', 'in mlartifacts', 'elsewhere');
  add('the folder that was named', join(elsewhere, 'kept/1/r/artifacts'), null, 'elsewhere');
  add('a folder beside the database', join(folder, 'private'), null);
  add('the folder of the database', folder, null);
  add('a folder whose name begins alike', join(elsewhere, 'kept-not'), null);
  add('what dots lead to', `${folder}/mlruns/../private`, null);
  add('dots in a file URI', `file://${folder}/mlruns/%2e%2e/private`, null);
  add('dots of the proxy', 'mlflow-artifacts:/../private', null);
  add('what a link leads to', join(folder, 'mlruns/1/link'), null);
  add('the root', '/', null);
  add('a folder of the system', '/etc', null);
  add('a file URI of the system', 'file:///etc', null);
  add('a bucket', 's3://bucket/prefix', null);
  add('another system', 'dbfs:/databricks/mlflow', null);
  add('a web address', 'http://169.254.169.254/latest', null);
  add('nothing', '', null);
  await insertRuns(
    database,
    runs.map(({ id, uri }) => ({ ...bareRun(id), artifactUri: uri })),
  );
  server = await startTestServer([
    ...['--attach', `mlflow=${database.path},name=plain`],
    ...['--attach', `mlflow=${database.path},name=named,artifacts=${join(elsewhere, 'kept')}`],
  ]);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  database?.close();
  rmSync(elsewhere, { recursive: true, force: true });
});

describe('artifacts of an attached database', () => {
  it('are read in the folders MLflow makes beside it and in those that were named, and nowhere else', async () => {
    for (const { what, id, ...expected } of runs) {
      for (const source of ['plain', 'named'] as const) {
        const response = await fetch(`${server.origin}/artifacts/${source}/${id}/f`);
        const text = await response.text();
        if (expected[source] === null) expect([503, 404], `${what} of ${source}: ${text}`).toContain(response.status);
        else expect([response.status, text], `${what} of ${source}`).toEqual([200, expected[source]]);
        for (const path of ['passwd', 'etc/passwd', 'mlflow.db', 'private/f'])
          expect((await fetch(`${server.origin}/artifacts/${source}/${id}/${path}`)).ok, `${path} of ${what}`).toBe(false);
      }
    }
  });

  it('say in the API why they cannot be read, and the way out', async () => {
    const { data, errors } = await server.query(
      '{ runs(first: 100, filter: { source: { eq: "plain" } }) { nodes { nativeId artifacts { nodes { path url bytes } } } } }',
    );
    const readable = data.runs.nodes.filter(({ artifacts }: any) => artifacts?.nodes.length > 0);
    expect(readable.map(({ nativeId }: any) => nativeId).sort()).toEqual(runs.filter(({ plain }) => plain !== null).map(({ id }) => id));
    expect(readable[0].artifacts.nodes).toEqual([
      { path: 'f', url: `/artifacts/plain/${readable[0].nativeId}/f`, bytes: expect.any(Number) },
    ]);
    expect(new Set(errors!.map(({ extensions }) => extensions.code))).toEqual(new Set(['SOURCE_UNAVAILABLE']));
    const all = errors!.map(({ message }) => message).join('\n');
    expect(all).toContain('artifacts=LOCATION');
    expect(all).toContain('of dbfs nothing is known here');
    expect(all).not.toContain('beside the database');
  });

  it('are never written', async () => {
    for (const method of ['PUT', 'DELETE']) {
      const response = await fetch(`${server.origin}/artifacts/plain/${runs[0]!.id}/f`, { method, ...(method === 'PUT' && { body: 'x' }) });
      expect([response.status, ((await response.json()) as any).errors[0].extensions.code]).toEqual([403, 'READ_ONLY']);
    }
  });
});
