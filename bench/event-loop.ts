import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often the server is asked whether it lives, and how many times the work is done meanwhile. */
const everyMs = 5;
const times = 5;

/** Milliseconds at the 50th and the 99th percentile and at worst. */
type Waits = readonly [string, string, string];

/**
 * How long `/healthz` takes to answer while the server is at some work, asked every 5 ms from here. It costs nothing by
 * itself, so what it takes beside the work is how long the event loop (and the machine) left it waiting.
 */
export async function healthWhile(origin: string, work: () => Promise<unknown>): Promise<{ idle: Waits; busy: Waits }> {
  await work();
  const idle = await waits(origin, () => sleep(1_000));
  const busy = await waits(origin, async () => {
    for (let time = 0; time < times; time++) await work();
  });
  return { idle, busy };
}

async function waits(origin: string, work: () => Promise<unknown>): Promise<Waits> {
  const taken: number[] = [];
  let isDone = false;
  const working = work().finally(() => (isDone = true));
  while (!isDone) {
    const began = performance.now();
    await (await fetch(`${origin}/healthz`)).arrayBuffer();
    taken.push(performance.now() - began);
    await sleep(everyMs);
  }
  await working;
  taken.sort((a, b) => a - b);
  const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))]!.toFixed(1);
  return [at(0.5), at(0.99), at(1)];
}
