import { Command, CommanderError } from 'commander';
import { doctorCommand } from './cli/doctor.js';
import { exportCommand } from './cli/export.js';
import { importCommand } from './cli/import.js';
import { isUserMistake } from './cli/mistakes.js';
import { runsCommand } from './cli/runs.js';
import { schemaCommand } from './cli/schema.js';
import { serveCommand } from './cli/serve.js';
import { showCommand } from './cli/show.js';
import { sourcesCommand } from './cli/sources.js';
import { tailCommand } from './cli/tail.js';
import { version } from './version.js';

// A server's packages take half a second to load; a client of one should not wait for them.
const program = new Command('rungraph')
  .description('One typed, live GraphQL API over the places where machine-learning experiments already live.')
  .version(version)
  .showHelpAfterError('(see --help)')
  .addCommand(serveCommand(async (flags) => (await import('./serve.js')).serve(flags)))
  .addCommand(sourcesCommand())
  .addCommand(runsCommand())
  .addCommand(showCommand())
  .addCommand(tailCommand())
  .addCommand(schemaCommand())
  .addCommand(exportCommand())
  .addCommand(importCommand(async (source, flags) => (await import('./import.js')).importDatabase(source, flags)))
  .addCommand(doctorCommand(async (home, flags) => (await import('./doctor.js')).doctor(home, flags)));

// Whoever read the output has had enough (`rungraph tail … | head`); a server has others to serve.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (process.argv[2] !== 'serve') process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  // A user's mistake needs a sentence, a defect its stack.
  const { message, stack = message } = error as Error;
  process.stderr.write(isUserMistake(error) ? `rungraph: ${message}\n` : `${stack}\n`);
  process.exitCode = 1;
}
