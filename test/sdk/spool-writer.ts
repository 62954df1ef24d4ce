// A training that logs through a spool until it is killed: `spool-writer.ts <url> <folder> <points>`.
import { RunGraph } from '../../sdk/src/index.js';
import { openSpool } from '../../sdk/src/spool/index.js';

const [url, folder, points] = process.argv.slice(2) as [string, string, string];
const spool = openSpool(new RunGraph({ url }), { folder });
const run = spool.createRun({ experiment: { name: 'killed' }, name: folder });
for (let step = 0; step < Number(points); step++) {
  void run.log({ loss: Math.sin(step) }, { timestamp: 1_700_000_000_000 + step });
  if (step % 500 === 499) {
    process.stdout.write(`${step + 1}\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
run.finish();
process.stdout.write('logged\n');
const left = await spool.close();
process.stdout.write(`left ${left.points}\n`);
