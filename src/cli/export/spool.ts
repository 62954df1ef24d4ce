import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { cannotWrite } from './destination.js';

/** Values that wait on the disk to be read again, in their order, however many there are. */
export interface Spool<T> {
  write(value: T): Promise<void>;
  /** All values. Nothing is written any more. */
  read(): AsyncGenerator<T, void, undefined>;
  /** Takes the file away. */
  close(): Promise<void>;
}

const headerBytes = 4;
const temporaryFiles = 'Temporary files (TMPDIR says where they go)';

/** Opens a spool in the system's folder for temporary files. Doubles, bigints and instants come back as they went. */
export async function openSpool<T>(): Promise<Spool<T>> {
  const folder = temporaryFolder();
  const path = join(folder, 'rows');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const handle = await open(path, 'w');
  return {
    async write(value) {
      const payload = serialize(value);
      const header = Buffer.alloc(headerBytes);
      header.writeUInt32LE(payload.length);
      await handle.appendFile(Buffer.concat([header, payload])).catch((error: unknown) => {
        throw cannotWrite(temporaryFiles, tmpdir(), error);
      });
    },
    async *read() {
      let rest = Buffer.alloc(0);
      for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
        rest = Buffer.concat([rest, chunk]);
        while (rest.length >= headerBytes && rest.length >= headerBytes + rest.readUInt32LE()) {
          const end = headerBytes + rest.readUInt32LE();
          yield deserialize(rest.subarray(headerBytes, end)) as T;
          rest = rest.subarray(end);
        }
      }
    },
    async close() {
      await handle.close();
      remove();
      process.off('exit', remove);
    },
  };
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'rungraph-export-'));
  } catch (error) {
    throw cannotWrite(temporaryFiles, tmpdir(), error);
  }
}
