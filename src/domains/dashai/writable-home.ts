import { refuse } from '../../core/errors.js';
import { tryDecodeId, type NativeRef, type NodeType } from '../../core/ids.js';
import type { NamedComponent } from '../../stores/dashai/executor/registry.js';
import type { DashaiWriter } from '../../stores/dashai/dashai-writer.js';
import type { Context } from './context.js';

/** A home that can be written. */
export interface WritableHome {
  readonly source: string;
  readonly writer: DashaiWriter;
  /** Checks names of tasks, models and metrics where the DashAI that serves the home can be asked. @throws INVALID */
  check(named: readonly NamedComponent[]): Promise<void>;
}

/** The home that is a source. @throws a broken rule when there is no such source, it is no home, or attached read-only */
export function writableHome({ stores }: Context, source: string, field: string): WritableHome {
  const found = stores.sources.find(source);
  if (!found) {
    const way = source === 'dashai' ? ' Start the server with --dashai (RUNGRAPH_DASHAI=1) to have a DashAI home of its own.' : '';
    throw refuse('NOT_FOUND', `There is no source ${JSON.stringify(source)}.${way}`, [field]);
  }
  if (!found.dashai) throw refuse('UNSUPPORTED', `Source ${source} is no DashAI home, and has no model sessions.`, [field]);
  if (!found.dashaiWriter)
    throw refuse('READ_ONLY', `Source ${source} is attached read-only; attach it with ,writable, or write to it with DashAI.`, [field]);
  const { executor } = found.dashai;
  return { source, writer: found.dashaiWriter, check: async (named) => executor?.check(named) };
}

/** The row an input names by id, with the writer of its home. */
export function writableRow(context: Context, type: NodeType, id: string, field: string): NativeRef & WritableHome {
  const ref = tryDecodeId(id);
  if (ref?.type !== type) throw refuse('INVALID', `${field} must be the id of a ${type}, as the API gave it.`, [field]);
  return { ...writableHome(context, ref.source, field), nativeId: ref.nativeId };
}
