import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from './app.js';
import { progress, remark } from './cli/output.js';
import { environment, readServeConfig, type ServeFlags } from './config.js';
import { demoHints, runDemo } from './demo/demo.js';

/** After a second signal, or this long after the first, the process ends without waiting any more. */
const shutdownTimeoutMs = 10_000;

/** Runs a server until the process is told to end. Its one line on stdout says that it is ready. */
export async function serve(flags: ServeFlags): Promise<void> {
  const config = readServeConfig(flags, environment, process.stderr.isTTY);
  const server = await startServer(config);
  const signalled = untilSignal(); // heard from here on: who reads the ready line may end the server at once
  process.stdout.write(`RunGraph ready at ${server.url}\n`);
  const stopping = new AbortController();
  const demo = config.demo && server.isEmpty ? trainDemo(server.url, stopping.signal) : Promise.resolve();
  await signalled;
  stopping.abort();
  await demo; // its runs are ended while the server still answers
  await server.close();
}

/** Trains the demo's models; a demo that fails takes nothing else with it. */
async function trainDemo(url: string, signal: AbortSignal): Promise<void> {
  const wineCsv = readFileSync(new URL('../examples/data/wine.csv', import.meta.url), 'utf8');
  remark('The store is empty: training a few small models on the wine data to look at.');
  try {
    const onProgress = ({ step, steps }: { step: number; steps: number }) => progress(`training, step ${step} of ${steps} …`);
    const [first] = await runDemo({ url, signal, wineCsv, onProgress });
    progress('');
    if (!signal.aborted) remark(['Done. Three things to try:', ...demoHints(url, first)].join('\n'));
  } catch (error) {
    progress('');
    if (!signal.aborted) remark(`The demo stopped: ${(error as Error).message}`);
  }
}

/** Resolves at SIGINT or SIGTERM; a second signal, or a shutdown that takes too long, ends the process. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let ending = false;
    const end = () => {
      if (ending) process.exit(1);
      ending = true;
      void sleep(shutdownTimeoutMs, undefined, { ref: false }).then(() => process.exit(1));
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  });
}
