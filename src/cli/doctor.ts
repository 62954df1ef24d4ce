import { Command } from 'commander';

/** Flags of `doctor`, as the command line gives them. */
export interface DoctorFlags {
  readonly data?: string;
  readonly config?: string;
  readonly rebuildLog?: boolean;
  readonly json?: boolean;
}

/** `rungraph doctor`; looking into the store is the caller's business. */
export const doctorCommand = (examine: (home: string | undefined, flags: DoctorFlags) => Promise<void>): Command =>
  new Command('doctor')
    .description(
      'Check the embedded store: checksums of the metric log, and whether log, statistics and rows say the same. Changes nothing.',
    )
    .argument('[home]', 'look at a DashAI home instead: dashai=FOLDER; what differs from what is known here is listed')
    .option('--data <folder>', 'folder of the embedded stores (default .rungraph)')
    .option('--config <file>', 'configuration file (default rungraph.json, when there is one)')
    .option('--rebuild-log', "write the metric log and the statistics anew from MLflow's rows; a server may be running")
    .option('--json', 'print one JSON object')
    .action((home: string | undefined, flags: DoctorFlags) => examine(home, flags));
