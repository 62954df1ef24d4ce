import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunGraph } from '../../sdk/src/index.js';
import { missing, root } from '../kit/optional.js';
import { startTestServer, type TestServer } from '../kit/server.js';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const isBuilt = existsSync(join(root, 'sdk/dist/index.js'));
if (!executablePath) missing('no Chromium in /usr/bin');
if (!isBuilt) missing('the SDK is not built (npm run build)');

describe.skipIf(!executablePath || !isBuilt)('the live page of the examples', () => {
  let server: TestServer;
  let pageServer: ChildProcess;
  let address: string;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    pageServer = spawn(process.execPath, ['examples/live-page/serve.mjs', '0'], {
      cwd: root,
      env: { ...process.env, RUNGRAPH_URL: server.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    address = await new Promise((resolve, reject) => {
      pageServer.stdout!.setEncoding('utf8').once('data', (line: string) => resolve(line.trim()));
      pageServer.once('exit', (code) => reject(new Error(`The page is not served: exit code ${code}`)));
    });
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
  });
  afterAll(async () => {
    await browser?.close();
    pageServer?.kill();
    await server?.[Symbol.asyncDispose]();
  });

  it('draws the runs that are there and those that begin, as they go on, with gaps where there is no number', async () => {
    const client = new RunGraph({ url: server.url });
    const first = await client.createRun({ experiment: { name: 'page' }, name: 'first' });
    for (const loss of [3, 2, NaN, 1]) void first.log({ loss });
    await first.flush();

    const page = await browser.newPage();
    const wrongs: string[] = [];
    page.on('pageerror', (error) => wrongs.push(error.message));
    await page.goto(address);
    await page.locator('#legend li', { hasText: 'first: 1 loss, 4 points' }).waitFor();
    // Two pieces: before and after the NaN.
    expect(await page.locator('#curves path').first().getAttribute('d')).toMatch(/^M0 0L\S+ 0\.5M1 1$/);

    const second = await client.createRun({ experiment: { name: 'page' }, name: 'second' });
    for (let step = 0; step < 50; step++) await second.log({ loss: 5 - step / 10 }, { step });
    await second.flush();
    await page.locator('#legend li', { hasText: '50 points' }).waitFor();
    expect(await page.locator('#curves path').count()).toBe(2);
    await first.log({ loss: 0.5 });
    await page.locator('#legend li', { hasText: 'first: 0.5 loss, 5 points' }).waitFor();
    expect(await page.locator('#status').textContent()).toBe('live');
    await Promise.all([first.finish(), second.finish()]);
    expect(wrongs).toEqual([]);
    await page.close();
  });
});
