import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

// Large files are not in the repository; RUNGRAPH_FIXTURES says where they are.
const largeFixtures = resolve(root, process.env.RUNGRAPH_FIXTURES ?? '../shared/fixtures');

/** Path of a large fixture, or null when this machine does not have it. */
export function largeFixture(path: string): string | null {
  const file = join(largeFixtures, path);
  if (existsSync(file)) return file;
  missing(`no ${path} in RUNGRAPH_FIXTURES`);
  return null;
}

/** Says that tests are skipped, and why. @throws where everything must be there */
export function missing(reason: string): void {
  if (process.env.RUNGRAPH_REQUIRE_ALL) throw new Error(`${reason}, and nothing may be skipped here.`);
  process.stdout.write(`skipped: ${reason}\n`);
}
