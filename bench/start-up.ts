import { setTimeout as sleep } from 'node:timers/promises';
import { residentMb, startRunGraph } from './processes.js';
import { report } from './report.js';

/** Time until the built server is ready on an existing store, and the memory it then holds. */
export async function benchStartUp(dataFolder: string): Promise<void> {
  const times: number[] = [];
  let memory = 0;
  for (let round = 0; round < 5; round++) {
    const server = await startRunGraph(dataFolder);
    times.push(server.startedInMs);
    await sleep(1_000);
    memory = residentMb(server.process);
    await server.stop();
  }
  report('start on an existing store: ms until ready', times.sort((a, b) => a - b)[2]!.toFixed(0), 'bar: 1,500');
  report('resident memory of the idle server: MB', memory.toFixed(0), 'bar: 200');
}
