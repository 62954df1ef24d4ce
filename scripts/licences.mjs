// Which licences the packages have that run in production.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFiles } from './lock-file.mjs';
import { root } from './tool.mjs';

const allowed = new Set([
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'BlueOak-1.0.0',
  'Python-2.0',
  'CC0-1.0',
  'Unlicense',
]);

/** @returns one line per package whose licence is not one of those allowed */
export function licenceProblems() {
  return lockFiles.flatMap((file) => {
    const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8'));
    return Object.entries(packages)
      .filter(([path, entry]) => path.includes('node_modules/') && !entry.link && inProduction(entry))
      .filter(([, { license }]) => !isAllowed(license))
      .map(([path, { license }]) => `${file}: ${path} has the licence ${license ?? '(none given)'}`);
  });
}

// devOptional: our development dependencies that are also optional peers of something (the Prisma command line and
// the pages it brings). Who installs the server does not get them.
const inProduction = ({ dev, devOptional }) => !dev && !devOptional;

/** Of alternatives one must be allowed, of a conjunction all: `(MIT OR GPL-3.0)`, `(MIT AND ISC)`. */
function isAllowed(expression = '') {
  return expression
    .replaceAll(/[()]/g, '')
    .split(/ or /i)
    .some((alternative) => alternative.split(/ and /i).every((name) => allowed.has(name.trim())));
}
