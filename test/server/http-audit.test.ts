import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startTestServer, type TestServer } from '../kit/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => server.url });

  it('is audited in 61 points', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits)('$name', async (audit) => {
    const result = await audit.fn();
    expect(result, result.status === 'ok' ? '' : result.reason).toMatchObject({ status: 'ok' });
  });
});

describe('a request that a web page could have sent without asking', () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${server.url}?query={__typename}`, { headers: { 'user-agent': 'curl/8.5.0', ...headers } });

  it.each([
    ['an Origin', { origin: 'https://example.org' }],
    ['a Referer', { referer: 'https://example.org/page' }],
    ['a cookie', { cookie: 'a=b' }],
    ['Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['the user agent of a browser', { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }],
  ])('is refused as GET with %s', async (_mark, headers: Record<string, string>) => {
    const answer = await ask(headers);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [{ message: expect.stringContaining('CSRF'), extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  it('is answered once it carries a header that only an asked page may set', async () => {
    const answer = await ask({ origin: 'https://example.org', 'apollo-require-preflight': 'true' });
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('is answered when nothing marks it as a browser’s', async () => {
    expect(await (await ask({})).json()).toEqual({ data: { __typename: 'Query' } });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'is refused as POST of %s',
    async (type) => {
      const answer = await fetch(server.url, { method: 'POST', headers: { 'content-type': type }, body: '{"query":"{__typename}"}' });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    },
  );

  it('gets no header that would let a page of another origin read the answer', async () => {
    const answer = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://example.org' },
      body: '{"query":"{__typename}"}',
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await fetch(server.url, {
      method: 'OPTIONS',
      headers: { origin: 'https://example.org', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});
