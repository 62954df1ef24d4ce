// `npm test`: builds, runs every test with coverage, says what was skipped. `npm test -- test/stores` passes its
// arguments to vitest and leaves the coverage out. With RUNGRAPH_REQUIRE_ALL=1 the suites that need a service,
// a browser or Python must find them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { program, root } from './tool.mjs';

const chosen = process.argv.slice(2);

process.exitCode =
  (await node('scripts/build.mjs')) || (await node(program('vitest'), 'run', ...(chosen.length > 0 ? chosen : ['--coverage'])));

async function node(...args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  return code ?? 1;
}
