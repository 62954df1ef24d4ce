import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, root } from '../kit/optional.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const isBuilt = existsSync(join(root, 'dist/graphiql/index.html'));
if (!executablePath) missing('no Chromium in /usr/bin');
if (!isBuilt) missing('GraphiQL is not built (npm run build)');

// Without these a browser asks its maker's hosts at every start.
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(!executablePath || !isBuilt)('in a browser', () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    browser = await chromium.launch({ executablePath: executablePath!, args: quiet });
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  /** A page of the server, and what went wrong on it: errors, and requests to other hosts. */
  async function open(options: Parameters<Browser['newPage']>[0]): Promise<{ page: Page; wrongs: string[] }> {
    const page = await browser.newPage(options);
    const wrongs: string[] = [];
    page.on('console', (message) => message.type() === 'error' && wrongs.push(message.text()));
    page.on('pageerror', (error) => wrongs.push(error.message));
    page.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith('http') && origin !== server.origin) wrongs.push(request.url());
    });
    // Where GraphiQL keeps what was typed last. A text, not a function: the types of a page are not those of this project.
    await page.addInitScript(`localStorage.setItem('graphiql:query', '{ sources { name state } }')`);
    await page.goto(`${server.origin}/graphiql`);
    await page.waitForSelector('.graphiql-execute-button');
    return { page, wrongs };
  }

  it.each([
    ['a desktop, light', { viewport: { width: 1440, height: 900 }, colorScheme: 'light' as const }],
    ['a phone, dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const }],
  ])('GraphiQL asks the server and shows the answer on %s, and asks nobody else', async (_name, options) => {
    const { page, wrongs } = await open(options);
    await page.click('.graphiql-execute-button');
    await page.locator('.graphiql-response', { hasText: 'READY' }).waitFor();
    const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('the SDK logs a run and watches it: every point once, NaN and -0 included', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(root, 'sdk/src/index.ts')],
      bundle: true,
      format: 'iife',
      globalName: 'sdk',
      write: false,
      platform: 'browser',
      external: ['ws'],
    });
    const { page, wrongs } = await open({ bypassCSP: true });
    await page.addScriptTag({ content: outputFiles[0]!.text });
    const seen = await page.evaluate(async () => {
      const { sdk, location } = globalThis as unknown as { sdk: typeof import('../../sdk/src/index.js'); location: { origin: string } };
      const client = new sdk.RunGraph({ url: `${location.origin}/graphql` });
      const run = await client.createRun({ experiment: { name: 'from a browser' } });
      const logged = [1, NaN, -0, Infinity, 5e-324];
      await run.log({ loss: logged[0]! }, { step: 0 });
      await run.flush();
      const values: number[] = [];
      for await (const batch of client.watch({ runIds: [run.id], maxRateHz: 50 })) {
        for (const series of batch.series) values.push(...series.values);
        if (values.length === 1) for (const [step, loss] of logged.entries()) if (step > 0) await run.log({ loss }, { step });
        if (values.length >= logged.length) break;
      }
      await run.finish();
      return values.map((value) => (Object.is(value, -0) ? '-0' : String(value)));
    });
    expect(seen).toEqual(['1', 'NaN', '-0', 'Infinity', '5e-324']);
    expect(wrongs).toEqual([]);
    await page.close();
  });
});
