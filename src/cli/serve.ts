import { Command } from 'commander';
import type { ServeFlags } from '../config.js';

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** `rungraph serve`; starting the server is the caller's business. */
export const serveCommand = (start: (flags: ServeFlags) => Promise<void>): Command =>
  new Command('serve')
    .description('Serve the API over the embedded store and attached sources.')
    .option('--host <host>', 'address to listen on (default 127.0.0.1; another one needs --insecure)')
    .option('--port <port>', 'port to listen on; 0 takes a free one (default 4000)')
    .option('--data <folder>', 'folder of the embedded stores (default .rungraph)')
    .option('--artifacts <place>', 'where artifacts of runs are kept: a folder or s3://BUCKET/PREFIX (default: artifacts in --data)')
    .option('--database <url>', 'PostgreSQL database that holds the store instead of the folder, for several servers: postgresql://…')
    .option('--durability <level>', 'normal: an acknowledged write survives a crash of the process; full: also a loss of power')
    .option(
      '--attach <source>',
      'attach a source: mlflow=PATH, mlflow=postgresql://… or mlflow=mysql://…, with ,name=NAME ,writable for tags, notes and the registry, ,artifacts=PLACE; dashai=HOME, with ,name=NAME ,writable for sessions and runs, ,url=ADDRESS of the DashAI that executes (repeatable)',
      collect,
    )
    .option('--dashai', 'keep a DashAI-shaped store of your own, too: the source dashai, in dashai.db in the --data folder')
    .option('--subgraph <domain>', 'serve only this domain, for a gateway: runs, registry, dashai or ops (repeatable)', collect)
    .option('--demo', 'when the store is empty, train a few small models to look at')
    .option('--poll-interval <ms>', 'how often attached sources are looked at while somebody follows them (default 1000, at least 250)')
    .option('--no-compile', 'interpret documents instead of compiling them')
    .option('--insecure', 'allow another --host without tokens')
    .option('--config <file>', 'configuration file (default rungraph.json, when there is one)')
    .action((flags: ServeFlags) => start(flags));
