import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { startTestServer, type TestServer } from '../kit/server.js';
import {
  ExperimentRunsDocument,
  graphql,
  RegisteredModelVersionsDocument,
  RequestFailed,
  RunChildrenDocument,
  RunGraph,
  type ModelVersion,
  type Run,
} from '../../sdk/src/index.js';
import { startHttpProxy, type HttpProxy } from './proxies.js';

let server: TestServer;
let proxy: HttpProxy;
let client: RunGraph;
let parentId: string;
const names = Array.from({ length: 25 }, (_, index) => `child ${String(index).padStart(2, '0')}`);

beforeAll(async () => {
  server = await startTestServer();
  proxy = await startHttpProxy(server.url);
  client = new RunGraph({ url: proxy.url });
  const parent = await client.createRun({ experiment: { name: 'nested' }, name: 'parent' });
  parentId = parent.id;
  for (const name of names) await (await client.createRun({ experiment: { name: 'nested' }, name, parent })).finish();
});
afterAll(async () => {
  await proxy?.close();
  await server?.[Symbol.asyncDispose]();
});

async function namesIn(rows: AsyncIterable<{ readonly name: string }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of rows) found.push(name);
  return found;
}

describe('a list within another object', () => {
  it('is read row by row: the children of a run', async () => {
    const children = client.list(RunChildrenDocument, ({ run }) => run?.children);
    expect((await namesIn(children.all({ by: { id: parentId }, first: 7 }))).sort()).toEqual(names);
    const { nodes, pageInfo, totalCount } = await children({ by: { id: parentId }, first: 7, withTotalCount: true });
    expect([nodes.length, pageInfo.hasNextPage, totalCount]).toEqual([7, true, 25]);
    expectTypeOf(nodes).items.toEqualTypeOf<Run>();
  });

  it('is read with its filter and order: the runs of an experiment', async () => {
    const runs = client.list(ExperimentRunsDocument, ({ experiment }) => experiment?.runs);
    const orderBy = [{ field: 'NAME', direction: 'ASC' } as const];
    const filter = { name: { startsWith: 'child 1' } };
    expect(await namesIn(runs.all({ name: 'nested', filter, orderBy, first: 3 }))).toEqual(names.slice(10, 20));
  });

  it('is NOT_FOUND where what holds it does not exist', async () => {
    const versions = client.list(RegisteredModelVersionsDocument, ({ registeredModel }) => registeredModel?.versions);
    expectTypeOf(versions.all).returns.toEqualTypeOf<AsyncGenerator<ModelVersion, void, undefined>>();
    await expect(versions({ name: 'none' })).rejects.toMatchObject({ name: 'RequestFailed', code: 'NOT_FOUND' });
    await expect(versions.all({ name: 'none' }).next()).rejects.toBeInstanceOf(RequestFailed);
  });

  it('is found in any document that takes $after, with edges too', async () => {
    interface Result {
      readonly runs: {
        readonly edges: readonly { readonly node: { readonly id: string; readonly name: string } }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    }
    const Names = graphql<Result, { after?: string | null; experiment: string }>(`
      query ($after: String, $experiment: String!) {
        runs(first: 10, after: $after, filter: { experiment: { eq: $experiment } }) {
          edges {
            node {
              id
              name
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    `);
    const list = client.list(Names, ({ runs: { edges, pageInfo } }) => ({ nodes: edges.map(({ node }) => node), pageInfo }));
    expect((await namesIn(list.all({ experiment: 'nested' }))).sort()).toEqual([...names, 'parent']);
  });

  it('is not read for ever when the document forgets $after', async () => {
    interface Result {
      readonly runs: { readonly nodes: readonly { name: string }[]; readonly pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    }
    const Forgetful = graphql<Result, { after?: string | null }>(
      '{ runs(first: 1) { nodes { name } pageInfo { hasNextPage endCursor } } }',
    );
    await expect(namesIn(client.list(Forgetful, ({ runs }) => runs).all())).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('the reading of a list', () => {
  it('holds one page: the next is asked for when all rows of the one before were taken', async () => {
    const before = proxy.requests.length;
    let read = 0;
    for await (const { name } of client.runs.all({ first: 5 })) {
      expect(name).toBeTruthy();
      if (++read === 5) expect(proxy.requests.length - before).toBe(1);
      if (read === 6) break;
    }
    expect(proxy.requests.length - before).toBe(2);
  });

  it('goes page by page, which say what each source answered', async () => {
    const sizes: number[] = [];
    for await (const { nodes, sources } of client.runs.pages({ filter: { experiment: { eq: 'nested' } }, first: 10 })) {
      sizes.push(nodes.length);
      expect(sources).toEqual([{ source: 'local', ok: true, error: null }]);
    }
    expect(sizes).toEqual([10, 10, 6]);
  });

  it('ends with the reason of its signal, within a page and between pages', async () => {
    const controller = new AbortController();
    const read: string[] = [];
    const reading = (async () => {
      for await (const { name } of client.runs.all({ first: 5 }, { signal: controller.signal })) {
        read.push(name);
        if (read.length === 3) controller.abort(new Error('enough'));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(read).toHaveLength(3);
    await expect(client.runs({}, { signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never');
  });
});
