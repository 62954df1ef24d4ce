import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type RunningServer } from './app.js';
import { environment, readServeConfig, type ServeFlags } from './config.js';

/** After a second signal, or this long after the first, the process ends without waiting any more. */
const shutdownTimeoutMs = 10_000;

/** Runs a server until the process is told to end. Its one line on stdout says that it is ready. */
export async function serve(flags: ServeFlags): Promise<void> {
  const config = readServeConfig(flags, environment, process.stderr.isTTY);
  const server = await startServer(config);
  process.stdout.write(`RunGraph ready at ${server.url}\n`);
  const ended = endOnSignals(server);
  await ended;
}

function endOnSignals(server: RunningServer): Promise<void> {
  return new Promise((resolve) => {
    let ending = false;
    const end = () => {
      if (ending) process.exit(1);
      ending = true;
      void sleep(shutdownTimeoutMs, undefined, { ref: false }).then(() => process.exit(1));
      void server.close().then(resolve);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  });
}
