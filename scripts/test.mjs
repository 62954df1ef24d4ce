// `npm test`: builds, runs every test, says what was skipped. `npm test -- test/stores` passes its arguments to vitest;
// `npm test -- --coverage` measures what runs in the tests' own processes, which servers under test are not. With RUNGRAPH_REQUIRE_ALL=1 the suites that need a service,
// a browser or Python must find them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { program, root } from './tool.mjs';

const chosen = process.argv.slice(2);

/** Suites that say what the store does and not where it is: they run a second time with `local` in PostgreSQL. */
const onBothEngines = [
  'test/server/errors',
  'test/server/mutations',
  'test/graph/log-lines',
  'test/live/awkward-subscribers',
  'test/live/delivery',
  'test/live/log-lines',
  'test/live/metric-points',
  'test/live/run-events',
];

process.exitCode = (await node({}, 'scripts/build.mjs')) || (chosen.length > 0 ? await vitest(...chosen) : await everything());

async function everything() {
  const onSqlite = await vitest();
  if (!(await isListening(5432))) {
    if (process.env.RUNGRAPH_REQUIRE_ALL) throw new Error('No PostgreSQL server on 127.0.0.1:5432, and nothing may be skipped here.');
    process.stdout.write('skipped: the suites on PostgreSQL, there is no server on 127.0.0.1:5432\n');
    return onSqlite;
  }
  process.stdout.write('\nThe same with local in PostgreSQL:\n');
  return (await node({ RUNGRAPH_TEST_ENGINE: 'postgres' }, program('vitest'), 'run', ...onBothEngines)) || onSqlite;
}

function vitest(...args) {
  return node({}, program('vitest'), 'run', ...args);
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

async function node(variables, ...args) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, RUNGRAPH_TEST_BUILT: '1', ...variables },
  });
  const [code] = await once(child, 'close');
  return code ?? 1;
}
