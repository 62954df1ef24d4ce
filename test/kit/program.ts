import { join } from 'node:path';

import { root } from './optional.js';

/**
 * How `rungraph` is started, as arguments of node: what `npm test` has built, as users run it; or, when vitest was called by
 * itself, the sources, which takes seconds longer.
 */
export const rungraph: readonly string[] = process.env.RUNGRAPH_TEST_BUILT
  ? [join(root, 'bin/rungraph.mjs')]
  : ['--import', 'tsx', join(root, 'src/main.ts')];
