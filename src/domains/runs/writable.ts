import { refuse } from '../../core/errors.js';
import { tryDecodeId, type NativeRef, type NodeType } from '../../core/ids.js';
import type { RunWriter } from '../../stores/run-writer.js';
import type { Context } from './context.js';

/** The writer of a source. @throws a broken rule when there is no such source or it is attached read-only */
export function writerOf({ stores }: Context, source: string, field: string): RunWriter {
  const found = stores.sources.find(source);
  if (!found) throw refuse('NOT_FOUND', `There is no source ${JSON.stringify(source)}.`, [field]);
  if (!found.writer)
    throw refuse('READ_ONLY', `Source ${source} is attached read-only; write to local, or to that system itself.`, [field]);
  return found.writer;
}

/** The thing an input names by id, with the writer of its source. */
export function writable(context: Context, type: NodeType, id: string, field: string): NativeRef & { readonly writer: RunWriter } {
  const ref = tryDecodeId(id);
  if (ref?.type !== type) throw refuse('INVALID', `${field} must be the id of a ${type}, as the API gave it.`, [field]);
  return { source: ref.source, nativeId: ref.nativeId, writer: writerOf(context, ref.source, field) };
}
