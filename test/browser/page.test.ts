import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunGraph, type RunWriter } from '@rungraph/sdk';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { missing, root } from '../kit/optional.js';
import { startTestServer, type TestServer } from '../kit/server.js';
import { startGate, type Gate } from './page-gate.js';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const isBuilt = existsSync(join(root, 'dist/page/index.html'));
if (!executablePath) missing('no Chromium in /usr/bin');
if (!isBuilt) missing('the page is not built (npm run build)');

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
const wide = { viewport: { width: 1440, height: 900 }, colorScheme: 'light' as const };
const narrow = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const };
const patient = { timeout: 20_000, interval: 50 };

describe.skipIf(!executablePath || !isBuilt)('the page', () => {
  let server: TestServer;
  let gate: Gate;
  let browser: Browser;
  let client: RunGraph;
  const pages: Page[] = [];
  beforeAll(async () => {
    server = await startTestServer();
    gate = await startGate(server.origin);
    client = new RunGraph({ url: server.url });
    browser = await chromium.launch({ executablePath: executablePath!, args: quiet });
  });
  afterEach(async () => {
    gate.open();
    for (const page of pages.splice(0)) await page.close();
  });
  afterAll(async () => {
    await browser.close();
    await gate.close();
    await server[Symbol.asyncDispose]();
  });

  /** The page, and what went wrong on it: errors, and requests to other hosts. */
  async function open(path = '/', options: Parameters<Browser['newPage']>[0] = wide, origin = gate.origin) {
    const page = await browser.newPage(options);
    pages.push(page);
    const wrongs: string[] = [];
    page.on('console', (message) => message.type() === 'error' && wrongs.push(message.text()));
    page.on('pageerror', (error) => wrongs.push(error.message));
    page.on('request', (request) => {
      const { protocol, origin: asked } = new URL(request.url());
      if (protocol.startsWith('http') && asked !== origin) wrongs.push(request.url());
    });
    await page.goto(`${origin}${path}`);
    return { page, wrongs };
  }

  const logged = async (name: string, metrics: Readonly<Record<string, readonly number[]>>, experiment = 'page'): Promise<RunWriter> => {
    const run = await client.createRun({ experiment: { name: experiment }, name, params: { lr: name.length }, tags: { team: 'a' } });
    await logPoints(run, metrics, 0);
    return run;
  };
  const logPoints = async (run: RunWriter, metrics: Readonly<Record<string, readonly number[]>>, from: number) => {
    for (const [key, values] of Object.entries(metrics))
      for (const [index, value] of values.entries()) await run.log({ [key]: value }, { step: from + index });
    await run.flush();
  };
  const row = (page: Page, name: string): Locator => page.locator('.row', { hasText: name });
  const legend = (page: Page, metric: string, run: { readonly id: string }): Locator =>
    page.locator(`figure[data-metric="${metric}"] li[data-run="${run.id}"]`);
  const search = (page: Page): URLSearchParams => new URL(page.url()).searchParams;
  /** Points that were received of a curve, its last step and value. */
  const received = async (curve: Locator) =>
    Promise.all(['data-received', 'data-last-step', 'data-last-value'].map((name) => curve.getAttribute(name, { timeout: 5_000 })));

  it('shows runs as they are created and their status as it changes, without a reload', async () => {
    const { page, wrongs } = await open('/?q=shown');
    await page.getByText('No run matches').waitFor();
    const run = await logged('shown one', { 'val/loss': [3, 1, 2] });
    await row(page, 'shown one').getByText('running').waitFor();
    await run.finish('FAILED');
    await row(page, 'shown one').getByText('failed').waitFor();
    // Chosen by itself for a metric called loss: its least value.
    await expect.poll(() => row(page, 'shown one').locator('.cell-value').allTextContents(), patient).toEqual(['1']);
    expect(wrongs).toEqual([]);
  });

  it('draws selected runs live, and nothing is missing after the network was cut while points were logged', async () => {
    const [first, second] = [await logged('cut one', { loss: [9, 8] }), await logged('cut two', { loss: [5] })];
    const { page } = await open('/?q=cut');
    await row(page, 'cut one').click();
    await row(page, 'cut two').click();
    await expect.poll(() => received(legend(page, 'loss', first)), patient).toEqual(['2', '1', '8']);
    await expect.poll(() => received(legend(page, 'loss', second)), patient).toEqual(['1', '0', '5']);
    await logPoints(first, { loss: [7, 6] }, 2);
    await expect.poll(() => received(legend(page, 'loss', first)), patient).toEqual(['4', '3', '6']);

    gate.shut();
    await page.locator('.connection[data-state="waiting"]').waitFor();
    await logPoints(first, { loss: [5.5, 5.25, 0.1] }, 4);
    await logPoints(second, { loss: [4] }, 1);
    const third = await logged('cut three', {});
    gate.open();

    await page.locator('.connection[data-state="live"]').waitFor();
    await expect.poll(() => received(legend(page, 'loss', first)), patient).toEqual(['7', '6', '0.1']);
    await expect.poll(() => received(legend(page, 'loss', second)), patient).toEqual(['2', '1', '4']);
    await row(page, 'cut three').waitFor();
    const [series] = await client.series(first.id, { keys: ['loss'], sampling: 'NONE' });
    expect(series!.values).toHaveLength(7);
    // What comes after the cut still comes once.
    await logPoints(first, { loss: [0.05] }, 7);
    await expect.poll(() => received(legend(page, 'loss', first)), patient).toEqual(['8', '7', '0.05']);
    for (const run of [first, second, third]) await run.finish();
  });

  it('shows the whole history of a run that was taken away and comes again while others are followed', async () => {
    const [first, second] = [await logged('again one', { loss: [1, 2, 3] }), await logged('again two', { loss: [4] })];
    const { page } = await open('/?q=again');
    await row(page, 'again one').click();
    await row(page, 'again two').click();
    await expect.poll(() => received(legend(page, 'loss', first)), patient).toEqual(['3', '2', '3']);
    await row(page, 'again one').click();
    await legend(page, 'loss', first).waitFor({ state: 'detached' });
    await logPoints(first, { loss: [0.5] }, 3);
    await row(page, 'again one').click();
    await expect.poll(() => received(legend(page, 'loss', first)), patient).toEqual(['4', '3', '0.5']);
    await expect.poll(() => received(legend(page, 'loss', second)), patient).toEqual(['1', '0', '4']);
  });

  it('says what cannot be drawn as a line: NaN, infinities, and what a logarithmic scale lacks', async () => {
    const run = await logged('odd values', { odd: [1, NaN, Infinity, -Infinity, -2, 4] });
    const { page, wrongs } = await open('/?q=odd');
    await row(page, 'odd values').click();
    const note = page.locator('figure[data-metric="odd"] .chart-note');
    await expect.poll(() => note.textContent(), patient).toMatch(/1 NaN.*2 infinite/);
    await page.keyboard.press('l');
    await expect.poll(() => note.textContent(), patient).toContain('1 value ≤ 0');
    await page.getByRole('tab', { name: 'Values' }).click();
    await page.getByRole('button', { name: 'Min', exact: true }).click();
    await expect.poll(() => page.locator('.values td .number').textContent(), patient).toBe('−∞');
    expect(wrongs).toEqual([]);
    await run.finish();
  });

  it('shows steps beyond 2^53 with every digit', async () => {
    const run = await client.createRun({ experiment: { name: 'page' }, name: 'far steps' });
    const far = 2n ** 60n + 1n;
    for (const [step, loss] of [[far, 1], [far + 1n, 2]] as const) await run.log({ loss }, { step }); // prettier-ignore
    await run.finish();
    const { page } = await open('/?q=far');
    await row(page, 'far steps').click();
    await expect.poll(() => received(legend(page, 'loss', run)), patient).toEqual(['2', String(far + 1n), '2']);
    const text = await legend(page, 'loss', run).locator('.legend-step').textContent();
    expect(text!.replaceAll(/[^\d]/g, '')).toBe(String(far + 1n));
  });

  it('has the whole view in its address: reload, back and forward restore it', async () => {
    await logged('kept one', { 'train/loss': [3, 2, 1], 'val/loss': [4, 3, 2] });
    const { page, wrongs } = await open();
    await page.locator('.row').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('kept');
    await expect.poll(() => search(page).get('q'), patient).toBe('kept');
    await page.keyboard.press('Escape');
    await row(page, 'kept one').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await expect.poll(() => search(page).getAll('run').length, patient).toBe(1);
    await page.getByRole('button', { name: 'Since start' }).click();
    await page.getByLabel('Log scale').check();
    for (const _times of [1, 2, 3]) await page.keyboard.press(']');
    await page.getByLabel('Search metrics').fill('val');
    await expect.poll(() => search(page).get('metrics'), patient).toBe('val');
    const address = page.url();

    await page.reload();
    await page.locator('figure[data-metric="val/loss"] li[data-points="3"]').waitFor();
    expect(await page.locator('figure').count()).toBe(1);
    expect(await page.locator('#search').inputValue()).toBe('kept');
    expect(await page.getByLabel('Log scale').isChecked()).toBe(true);
    expect(await page.getByRole('button', { name: 'Since start' }).getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('output').textContent()).toBe('0.30');
    expect(await page.getByLabel('Draw kept one').isChecked()).toBe(true);
    expect(page.url()).toBe(address);

    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.locator('table.compare').waitFor();
    await page.goBack();
    await page.locator('figure[data-metric="val/loss"]').waitFor();
    await page.goForward();
    await page.locator('table.compare').waitFor();
    expect(wrongs).toEqual([]);
  });

  it('narrows the list by a typed filter, shows it as GraphQL, and what it copies runs as it is', async () => {
    await (await logged('narrow bad', { score: [0.1] }, 'narrowed')).finish('FAILED');
    await (await logged('narrow good', { score: [0.1, 0.9] }, 'narrowed')).finish();
    const { page, wrongs } = await open('/?q=narrow%20');
    await row(page, 'narrow bad').waitFor();
    await page.getByRole('button', { name: '+ Filter' }).click();
    await page.getByLabel('On', { exact: true }).selectOption('metric');
    await page.getByLabel('Value', { exact: true }).selectOption('MAX');
    await page.getByLabel('Metric', { exact: true }).fill('score');
    await page.getByLabel('Test').selectOption('gte');
    await page.getByLabel('Number').fill('0.5');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await row(page, 'narrow bad').waitFor({ state: 'detached' });
    expect(await row(page, 'narrow good').count()).toBe(1);
    await page.locator('.as-graphql summary').click();
    expect(await page.locator('.as-graphql pre').textContent()).toBe(
      'filter: { and: [{ name: { ilike: "%narrow%" } }, { metric: { key: "score", aggregate: MAX, value: { gte: 0.5 } } }] }',
    );
    await row(page, 'narrow good').click();
    await page.getByRole('button', { name: 'Copy as GraphQL' }).click();
    for (const what of ['Runs', 'Curves']) {
      await page.locator('dialog').getByRole('button', { name: what, exact: true }).click();
      const [document, variables] = await page.locator('dialog pre').allTextContents();
      const { data, errors } = await server.query(document!, JSON.parse(variables!) as object);
      expect(errors).toBeUndefined();
      expect(JSON.stringify(data)).toContain('narrow good');
    }
    expect(wrongs).toEqual([]);
  });

  it('asks the server for finer points of the part one drags over, and shows the whole again after a double click', async () => {
    const run = await client.createRun({ experiment: { name: 'page' }, name: 'zoomed' });
    for (let step = 0; step < 6_000; step++) await run.log({ wave: Math.sin(step / 50) }, { step });
    await run.finish();
    const { page, wrongs } = await open('/?q=zoomed');
    await row(page, 'zoomed').click();
    const curve = legend(page, 'wave', run);
    await expect.poll(async () => Number((await received(curve))[1]), patient).toBe(5_999);
    expect(Number(await curve.getAttribute('data-points'))).toBeLessThan(3_000);

    const asked = page.waitForRequest((request) => request.postData()?.includes('fromStep') ?? false);
    const box = (await page.locator('figure[data-metric="wave"] .u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
    await page.mouse.up();
    const { variables } = JSON.parse((await asked).postData()!) as { variables: { from0: string; to0: string } };
    expect(Number(variables.from0)).toBeGreaterThan(2_200);
    expect(Number(variables.to0)).toBeLessThan(3_200);
    await expect.poll(() => search(page).get('zoom'), patient).toBe(`${variables.from0}..${variables.to0}`);

    await page.mouse.dblclick(box.x + box.width * 0.5, box.y + 60);
    await expect.poll(() => search(page).get('zoom'), patient).toBeNull();
    expect(wrongs).toEqual([]);
  });

  it('draws the best runs at once, marks the best value, and shows what they differ in', async () => {
    for (const [name, loss] of [['rank a', 0.5], ['rank bb', 0.1], ['rank ccc', NaN], ['rank dddd', 0.3]] as const) {
      await (await logged(name, { 'val/loss': [1, loss] }, 'ranked')).finish();
    } // prettier-ignore
    const { page, wrongs } = await open('/?q=rank%20&column=MIN:val/loss');
    await row(page, 'rank a').waitFor();
    await page.getByLabel('How many of the best').fill('2');
    await page.getByRole('button', { name: 'Select best' }).click();
    await expect.poll(() => search(page).getAll('run').length, patient).toBe(2);
    await page.getByRole('tab', { name: 'Values' }).click();
    await expect.poll(() => page.locator('.values td[data-best="true"] .number').allTextContents(), patient).toEqual(['0.1 (best)']);
    await page.getByRole('tab', { name: 'Compare' }).click();
    const params = page.locator('table.compare tr', { has: page.getByRole('rowheader', { name: 'lr', exact: true }) });
    await expect.poll(() => params.locator('td').allTextContents(), patient).toEqual(['7', '9']);
    // What is the same is not shown.
    expect(await page.getByRole('rowheader', { name: 'team' }).count()).toBe(0);
    expect(wrongs).toEqual([]);
  });

  it('fits a phone: runs and curves one after the other, nothing wider than the screen', async () => {
    const run = await logged('phone with a name that is far longer than the screen of a phone is wide, and then some', {
      'val/loss': [2, 1],
    });
    const { page, wrongs } = await open('/?q=phone', narrow);
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    await row(page, 'phone').click();
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Curves (1)' }).click();
    await expect.poll(() => received(legend(page, 'val/loss', run)), patient).toEqual(['2', '1', '1']);
    for (const tab of ['Values', 'Compare', 'Charts']) {
      await page.getByRole('tab', { name: tab }).click();
      expect(await overflow()).toBeLessThanOrEqual(0);
    }
    expect(wrongs).toEqual([]);
  });

  it('keeps only the rows on the screen in the document, and reads the others as one scrolls', async () => {
    const { data } = await server.query(
      'mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { experiment { id } } }',
      {
        input: { name: 'many' },
      },
    );
    const experiment = data.createExperiment.experiment.id as string;
    const create = (n: number) => `run${n}: createRun(input: { experiment: "${experiment}", name: "many ${n}" }) { run { id } }`;
    for (let start = 0; start < 480; start += 40)
      await server.query(`mutation { ${Array.from({ length: 40 }, (_each, n) => create(start + n)).join(' ')} }`);
    const { page, wrongs } = await open('/?q=many');
    await row(page, 'many 479').waitFor();
    await expect.poll(() => page.locator('.foot').textContent(), patient).toContain('480 runs');
    await expect
      .poll(async () => {
        await page.evaluate(`document.querySelector('.table-body').scrollTop = 1e9`);
        return page.locator('.row .name').last().textContent();
      }, patient)
      .toBe('many 0');
    expect(await page.locator('.row').count()).toBeLessThan(60);
    expect(wrongs).toEqual([]);
  });

  it('follows the log lines of a run, without what only terminals understand', async () => {
    const run = await logged('talking', { loss: [1] });
    const say = (message: string) =>
      server.query('mutation ($input: LogLinesInput!) { logLines(input: $input) { userErrors { message } } }', {
        input: { run: run.id, lines: [{ message, level: 'INFO' }] },
      });
    await say('\u001b[32mepoch 1\u001b[0m done');
    const { page, wrongs } = await open('/?q=talking');
    await row(page, 'talking').click();
    await page.getByRole('tab', { name: 'Logs' }).click();
    const lines = page.getByLabel('Log lines').locator('> span');
    await expect.poll(() => lines.allTextContents(), patient).toEqual([expect.stringMatching(/ epoch 1 done\n$/)]);
    await say('epoch 2 done');
    await expect.poll(() => lines.count(), patient).toBe(2);
    expect(wrongs).toEqual([]);
  });

  it('says when a run of its address is not on this server, and takes it away', async () => {
    const run = await logged('here', { loss: [1] });
    const { page, wrongs } = await open(`/?run=${run.id},1&run=Run:local:${'0'.repeat(32)},2`);
    await page.getByText('One selected run is not on this server').waitFor();
    await expect.poll(() => received(legend(page, 'loss', run)), patient).toEqual(['1', '0', '1']);
    await page.getByRole('button', { name: 'Take away' }).click();
    await expect.poll(() => search(page).getAll('run'), patient).toEqual([`${run.id},1`]);
    expect(wrongs).toEqual([]);
  });

  it('shows which source does not answer, and the rows of the others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rungraph-page-'));
    writeFileSync(join(folder, 'broken.db'), 'this is no database');
    try {
      await using own = await startTestServer(['--attach', `mlflow=${join(folder, 'broken.db')},name=broken`]);
      const run = await new RunGraph({ url: own.url }).createRun({ experiment: { name: 'whole' }, name: 'still here' });
      await run.log({ loss: 1 });
      await run.finish();
      const { page, wrongs } = await open('/', wide, own.origin);
      await row(page, 'still here').waitFor();
      const failure = page.getByRole('alert').filter({ hasText: 'broken' });
      expect(await failure.textContent()).toContain('SOURCE_UNAVAILABLE');
      await row(page, 'still here').click();
      await expect.poll(() => received(legend(page, 'loss', run)), patient).toEqual(['1', '0', '1']);
      await page.close();
      expect(wrongs).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says what to do with an empty store, and asks for no script from elsewhere', async () => {
    await using empty = await startTestServer();
    const { page, wrongs } = await open('/', wide, empty.origin);
    await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    expect(await page.locator('.hint pre').count()).toBe(3);
    const policy = (await page.goto(`${empty.origin}/`))!.headers()['content-security-policy'];
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(await page.getByRole('link', { name: 'GraphiQL' }).getAttribute('href')).toBe('./graphiql/');
    expect(wrongs).toEqual([]);
  });
});
