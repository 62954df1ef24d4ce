import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const mine = new Set<string>();

/**
 * Takes a lock file, which holds the id of the process that has it. One of a process that is gone is taken over; so is one
 * with the id of this very process that it did not take: containers count from 1 again.
 * @returns gives it back; null while another process has it
 */
export function takeLock(path: string): (() => void) | null {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      mine.add(path);
      return () => {
        mine.delete(path);
        rmSync(path, { force: true });
      };
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
      if (mine.has(path) || isHeld(path)) return null;
      removeStale(path);
    }
  }
  return null;
}

function isHeld(path: string): boolean {
  const owner = read(path);
  if (owner === null || owner === process.pid) return false;
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** Moved first, so that of two who find it stale one removes it, and not the lock the other has taken by then. */
function removeStale(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  }
}

function read(path: string): number | null {
  try {
    const owner = Number(readFileSync(path, 'utf8'));
    return Number.isSafeInteger(owner) && owner > 0 ? owner : null;
  } catch {
    return null;
  }
}
