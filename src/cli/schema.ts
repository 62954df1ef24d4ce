import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { ConfigError, nearest } from '../config.js';
import type { DomainName } from '../graph/domains.js';

/** `rungraph schema`: the SDL, without a server. */
export const schemaCommand = (): Command =>
  new Command('schema')
    .description('Print the GraphQL schema: the whole API, or one subgraph as a gateway composes it.')
    .option('--subgraph <domain>', 'only this domain, with federation directives')
    .option('--out <file>', 'write to a file instead of stdout')
    .option('--json', 'print {"sdl": …}')
    .action(async (flags: { subgraph?: string; out?: string; json?: boolean }) => {
      const sdl = await sdlOf(flags.subgraph);
      if (flags.out) return writeFileSync(flags.out, sdl);
      process.stdout.write(flags.json ? `${JSON.stringify({ sdl })}\n` : sdl);
    });

async function sdlOf(subgraph: string | undefined): Promise<string> {
  const [{ domainNames }, { buildGraph }] = await Promise.all([import('../graph/domains.js'), import('../graph/schema.js')]);
  if (subgraph === undefined) return (await buildGraph(domainNames)).publicSdl();
  if (!domainNames.includes(subgraph as DomainName)) {
    throw new ConfigError(`--subgraph ${subgraph}: there is no such domain; did you mean ${nearest(subgraph, domainNames)}?`);
  }
  return (await buildGraph([subgraph as DomainName])).subgraphSdl();
}
