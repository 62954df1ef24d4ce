import { realpathSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { ConfigError } from '../../config.js';
import type { Write } from './table.js';

/** Where an export goes. */
export interface Destination {
  /** Bytes that were written so far. */
  readonly bytes: number;
  readonly write: Write;
  /** Makes what was written the file; before, there is none, or the one that was there. */
  finish(): Promise<void>;
  /** Leaves no trace. After `finish` it does nothing. */
  abandon(): Promise<void>;
}

/**
 * Opens a destination: `-` is stdout, anything else a file. A file is written beside its place under another name and put there
 * at the end, so that half a file never looks like a whole one; a pipe or a device is written as it is. A link stays a link, and
 * the file it leads to keeps its rights.
 * @throws ConfigError when it cannot be written
 */
export async function openDestination(out: string): Promise<Destination> {
  return out === '-' ? standardOutput() : openFile(out);
}

function standardOutput(): Destination {
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    async write(chunk) {
      bytes += Buffer.byteLength(chunk);
      if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
    },
    finish: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
  };
}

async function openFile(out: string): Promise<Destination> {
  const place = statSync(out, { throwIfNoEntry: false });
  if (place?.isDirectory()) throw new ConfigError(`--out ${out} is a folder; give the name of a file in it.`);
  const isPlain = !place || place.isFile();
  const goal = place?.isFile() ? realpathSync(out) : out;
  const path = isPlain ? `${goal}.${process.pid}.part` : out;
  const refused = (error: unknown) => Promise.reject(cannotWrite(`--out ${out}`, dirname(goal), error));
  const handle = await open(path, 'w').catch(refused);
  if (place?.isFile()) await handle.chmod(place.mode & 0o777).catch(refused);
  const removeAtExit = () => isPlain && rmSync(path, { force: true });
  process.once('exit', removeAtExit);
  let bytes = 0;
  let isDone = false;
  const done = async (): Promise<void> => {
    isDone = true;
    await handle.close();
    process.off('exit', removeAtExit);
  };
  return {
    get bytes() {
      return bytes;
    },
    async write(chunk) {
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      await writeAll(handle, data).catch(refused);
      bytes += data.length;
    },
    async finish() {
      if (isPlain) await handle.sync().catch(refused);
      await done();
      if (isPlain) await rename(path, goal);
    },
    async abandon() {
      if (isDone) return;
      await done();
      if (isPlain) await rm(path, { force: true });
    },
  };
}

async function writeAll(handle: FileHandle, data: Uint8Array): Promise<void> {
  for (let written = 0; written < data.length;) {
    written += (await handle.write(data, written)).bytesWritten;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no folder',
  ENOTDIR: 'this is no folder:',
  EACCES: 'this user may not write into',
  EROFS: 'nothing can be written into',
  ENOSPC: 'there is no space left in',
  EDQUOT: 'this user may not write more into',
  ENAMETOOLONG: 'the name is too long for',
};

/** What keeps a file from being written, in a sentence, when a user can do something about it; the error itself otherwise. */
export function cannotWrite(what: string, folder: string, error: unknown): unknown {
  const reason = reasons[String((error as { code?: unknown }).code)];
  return reason ? new ConfigError(`${what}: ${reason} ${folder}.`) : error;
}
