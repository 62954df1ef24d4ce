// What would make `npm ci` fail, or ask another registry, on somebody else's machine.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './tool.mjs';

/** Lock files of this repository. */
export const lockFiles = ['package-lock.json', 'deploy/gateway/package-lock.json'];

/** @returns one line per thing that is wrong */
export function lockFileProblems() {
  return lockFiles.flatMap((file) => {
    const { packages } = JSON.parse(readFileSync(join(root, file), 'utf8'));
    return Object.entries(packages).flatMap(([path, entry]) =>
      [...missingOptional(packages, path, entry), ...foreign(path, entry)].map((text) => `${file}: ${text}`),
    );
  });
}

// npm writes no entry for an optional package the registry does not have, and `npm ci` then refuses the lock.
function missingOptional(packages, path, { optionalDependencies = {} }) {
  return Object.keys(optionalDependencies)
    .filter((name) => !resolve(packages, path, name)?.version)
    .map((name) => `${path || 'the root'} has the optional dependency ${name}, which has no entry with a version`);
}

/** As Node looks for it: in the package's own node_modules, then in those of the folders around it. */
function resolve(packages, path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const entry = packages[`${folder && `${folder}/`}node_modules/${name}`];
    if (entry || folder === '') return entry;
  }
}

function foreign(path, { resolved, link }) {
  if (!resolved || link || resolved.startsWith('https://registry.npmjs.org/')) return [];
  return [`${path} comes from ${resolved}`];
}
