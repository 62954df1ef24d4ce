// npm run bench [-- page attached dashai ingest series start fan-out log rest]: figures of one run on one machine; ratios are what can be compared.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAttachedSearch } from './attached-search.js';
import { benchDashai } from './dashai.js';
import { benchFanOut } from './fan-out.js';
import { benchIngest } from './ingest.js';
import { benchLog } from './log.js';
import { figures } from './report.js';
import { benchRest } from './rest.js';
import { benchRunsPage } from './runs-page.js';
import { seedCurve, seedRuns } from './seed.js';
import { benchSeries } from './series.js';
import { benchStartUp } from './start-up.js';

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const wants = (name: string) => asked.length === 0 || asked.includes(name);
const seconds = Number(/--seconds=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 6);

const folder = mkdtempSync(join(tmpdir(), 'rungraph-bench-'));
try {
  if (wants('page') || wants('start')) await seedRuns(join(folder, 'runs'), 10_000, 3);
  if (wants('start')) await benchStartUp(join(folder, 'runs'));
  if (wants('page')) await benchRunsPage(join(folder, 'runs'), seconds);
  if (wants('series')) {
    const curves = join(folder, 'curves');
    await benchSeries(curves, { exact: await seedCurve(curves, 100_000), long: await seedCurve(curves, 1_000_000) });
  }
  if (wants('attached'))
    await benchAttachedSearch(folder, { runs: 10_000, points: Number(/--points=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 20) });
  if (wants('dashai')) await benchDashai(folder);
  if (wants('ingest')) await benchIngest(seconds);
  if (wants('fan-out')) await benchFanOut(seconds);
  if (wants('log')) await benchLog(folder);
  if (wants('rest')) await benchRest(folder, seconds);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const out = /--out=(\S+)/.exec(process.argv.join(' '))?.[1];
if (out) writeFileSync(out, `${JSON.stringify(figures, null, 2)}\n`);
