import type { MlflowReader, ReadInput, ReadName, ReadOutput } from './reads.js';
import type { MlflowWriter, WriteName, Writes } from './writes.js';

/** Our own database failed while it was asked about an attached one, which is not to blame. */
export class OwnFailure extends Error {
  override readonly name = 'OwnFailure';
}

/** Tells failures of our database from those of the attached one. */
export function guarded({ read, write }: MlflowReader & MlflowWriter): MlflowReader & MlflowWriter {
  const guard = <T>(asked: Promise<T>): Promise<T> =>
    asked.catch((cause: unknown) => {
      throw new OwnFailure('Our own database did not answer.', { cause });
    });
  return {
    read: <Name extends ReadName>(name: Name, input: ReadInput<Name>) => guard<ReadOutput<Name>>(read(name, input)),
    write: <Name extends WriteName>(name: Name, input: Parameters<Writes[Name]>[1]) =>
      guard<Awaited<ReturnType<Writes[Name]>>>(write(name, input)),
  };
}
