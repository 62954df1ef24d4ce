import { Command, CommanderError } from 'commander';
import { schemaCommand } from './cli/schema.js';
import { serveCommand } from './cli/serve.js';
import { serve } from './serve.js';
import { version } from './version.js';
import { isUserMistake } from './cli/mistakes.js';

const program = new Command('rungraph')
  .description('One typed, live GraphQL API over the places where machine-learning experiments already live.')
  .version(version)
  .showHelpAfterError('(see --help)')
  .addCommand(serveCommand(serve))
  .addCommand(schemaCommand());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  // A user's mistake needs a sentence, a defect its stack.
  const { message, stack = message } = error as Error;
  process.stderr.write(isUserMistake(error) ? `rungraph: ${message}\n` : `${stack}\n`);
  process.exitCode = 1;
}
