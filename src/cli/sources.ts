import { Command } from 'commander';
import { clientOf, withClientFlags, type ClientFlags } from './client.js';
import { paintStatus, printJson, printTable } from './output.js';

/** `rungraph sources`: where experiments live, and how it is there. */
export const sourcesCommand = (): Command =>
  withClientFlags(new Command('sources').description('List the sources of a running server and their state.')).action(
    async (flags: ClientFlags) => {
      const sources = await clientOf(flags).sources();
      if (flags.json) return sources.forEach(printJson);
      printTable(
        ['NAME', 'LAYOUT', 'STATE', 'RUNS', 'POINTS', 'LOCATION', ''],
        sources.map(({ name, kind, layout, state, stateReason, runCount, pointCount, location }) => [
          name,
          layout ?? kind,
          paintStatus(state),
          String(runCount),
          String(pointCount),
          location,
          stateReason ?? '',
        ]),
      );
    },
  );
