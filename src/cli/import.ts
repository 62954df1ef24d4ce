import { Command } from 'commander';

/** Flags of `import`, as the command line gives them. */
export interface ImportFlags {
  readonly data?: string;
  readonly database?: string;
  readonly config?: string;
  readonly experiment?: string[];
  readonly prefix?: string;
  readonly origin?: string;
  readonly json?: boolean;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** `rungraph import SOURCE`; copying is the caller's business. */
export const importCommand = (copy: (source: string, flags: ImportFlags) => Promise<void>): Command =>
  new Command('import')
    .description(
      'Copy an MLflow database into the embedded store: experiments, runs with their ids, params, tags, datasets and every metric point, ' +
        'and the model registry. Made again, it copies what is new and writes nothing twice; a server may be running. ' +
        'Artifacts stay where they are: their locations are copied, files are not. Traces and logged models are not copied.',
    )
    .argument('<source>', 'the database: mlflow=PATH, mlflow=postgresql://… or mlflow=mysql://…')
    .option('--data <folder>', 'folder of the embedded stores (default .rungraph)')
    .option('--database <url>', 'PostgreSQL database that holds the store instead of the folder')
    .option('--config <file>', 'configuration file (default rungraph.json, when there is one)')
    .option('--experiment <name>', 'only the runs of this experiment, without the registry (repeatable)', collect)
    .option('--prefix <text>', 'put before names of experiments and models that are taken here; without it they are refused')
    .option('--origin <location>', 'go on with what was imported from this location, after the database was moved')
    .option('--json', 'print JSON, one object a line: progress, conflicts, and at the end the summary')
    .addHelpText(
      'after',
      '\nExits with 1 when a run, model or version could not be imported because one of its id is here that came from somewhere else; ' +
        'these are listed, and the rest is imported.',
    )
    .action((source: string, flags: ImportFlags) => copy(source, flags));
