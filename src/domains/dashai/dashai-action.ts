import { refuse } from '../../core/errors.js';
import { tryDecodeId, type NativeRef } from '../../core/ids.js';
import type { DashaiRecord } from '../../stores/dashai/dashai-store.js';
import type { DashaiClient } from '../../stores/dashai/executor/dashai-client.js';
import type { HomeExecutor, Witness } from '../../stores/dashai/home-executor.js';
import type { DashaiTable } from '../../stores/dashai/tables.js';
import type { Context } from './context.js';

/** What an action is done with: a row of a home, and who does it. */
export interface Acting<Name extends DashaiTable> {
  readonly context: Context;
  readonly source: string;
  readonly id: number;
  readonly record: DashaiRecord<Name>;
  readonly executor: HomeExecutor;
}

const subjects = { Run: 'run', Notebook: 'notebook', GenerativeSession: 'generativeSession' } as const;
type SubjectTable<Type extends keyof typeof subjects> = (typeof subjects)[Type];

/**
 * Who executes what is asked of a source.
 * @throws NOT_FOUND, UNSUPPORTED (no DashAI home), EXECUTOR_UNAVAILABLE (no address is set)
 */
export function executorOf({ stores }: Context, source: string, field: string): HomeExecutor {
  const found = stores.sources.find(source);
  if (!found) throw refuse('NOT_FOUND', `There is no source ${JSON.stringify(source)}.`, [field]);
  if (!found.dashai) throw refuse('UNSUPPORTED', `Source ${source} is no DashAI home; only those are executed.`, [field]);
  if (found.dashai.executor) return found.dashai.executor;
  const way = `start DashAI and attach the home with ,url=http://127.0.0.1:8000, or set RUNGRAPH_DASHAI_URL`;
  throw refuse('EXECUTOR_UNAVAILABLE', `No DashAI is set to execute this in the home ${source}: ${way}.`, [field]);
}

/** The row an input names by the id of a Run, Notebook or GenerativeSession, with who acts on it. */
export async function acting<Type extends keyof typeof subjects>(
  context: Context,
  type: Type,
  id: string,
  field: string,
): Promise<Acting<SubjectTable<Type>>> {
  const ref = refOf(type, id, field);
  const executor = executorOf(context, ref.source, field);
  const record = await requireRow(context, subjects[type], ref, `There is no such ${type}.`, field);
  return { context, source: ref.source, id: Number(ref.nativeId), record, executor };
}

/** The number of a dataset that an input names beside what is acted on. @throws INVALID when it is in another source */
export async function datasetNumber({ context, source }: Acting<DashaiTable>, dataset: string): Promise<number> {
  const ref = refOf('DashaiDataset', dataset, 'dataset');
  if (ref.source !== source) throw refuse('INVALID', `The dataset is in another source; it must be in ${source}.`, ['dataset']);
  await requireRow(context, 'dataset', ref, 'There is no such dataset.', 'dataset');
  return Number(ref.nativeId);
}

/** Does something with a run: its session shows whose DashAI it is. */
export async function actOnRun<T>(run: Acting<'run'>, action: (dashai: DashaiClient) => Promise<T>): Promise<T> {
  const nativeId = run.record.row.sessionId;
  const session = nativeId === null ? null : await rowNow(run.context, 'modelSession', { source: run.source, nativeId });
  const witness: Witness | null = session && {
    kind: 'model-session',
    id: Number(session.nativeId),
    createdAt: session.row.createdAt,
  };
  return run.executor.act(`run ${run.id}`, witness, action);
}

/** Does something in a notebook or generative session. */
export function actIn<T>(
  kind: 'notebook' | 'generative-session',
  { id, record, executor }: Acting<'notebook' | 'generativeSession'>,
  action: (dashai: DashaiClient) => Promise<T>,
): Promise<T> {
  return executor.act(`${kind} ${id}`, { kind, id, createdAt: record.row.createdAt }, action);
}

/** A row as it is now, whatever this request has read before. */
export const rowNow = async <Name extends DashaiTable>({ stores }: Context, table: Name, ref: NativeRef) =>
  (await stores.dashai.rows(table, [ref]))[0] ?? null;

function refOf(type: keyof typeof subjects | 'DashaiDataset', id: string, field: string): NativeRef {
  const ref = tryDecodeId(id);
  if (ref?.type !== type) throw refuse('INVALID', `${field} must be the id of a ${type}, as the API gave it.`, [field]);
  return ref;
}

async function requireRow<Name extends DashaiTable>(context: Context, table: Name, ref: NativeRef, missing: string, field: string) {
  const record = await rowNow(context, table, ref);
  if (!record) throw refuse('NOT_FOUND', missing, [field]);
  return record;
}
