import { refuse, RequestError, RuleError } from '../../core/errors.js';
import { encodeId } from '../../core/ids.js';
import { asPayload } from '../../schema-kit/user-error.type.js';
import type { DashaiRecord } from '../../stores/dashai/dashai-store.js';
import type { HomeExecutor } from '../../stores/dashai/home-executor.js';
import type { DashaiTable } from '../../stores/dashai/tables.js';
import type { Context } from './context.js';
import { rowNow, type Acting } from './dashai-action.js';
import { tableOf, toNode, type DashaiNode } from './dashai-node.js';

/**
 * Answers what an action created, read from the home.
 * @param member of the payload
 * @returns the job alone, with a user error, when the home cannot be read or does not have it
 */
export function createdPayload<Type extends DashaiNode>(
  { context, source, executor }: Acting<DashaiTable>,
  member: string,
  type: Type,
  { id, jobId }: { readonly id: number; readonly jobId: string },
): Promise<object> {
  const ref = { source, nativeId: String(id) };
  return readBack(context, { jobId }, async () => {
    const record = await rowNow(context, tableOf(type), ref);
    if (record) return { [member]: toNode(type, record) };
    throw notShown(`${type} ${id} was created (job ${jobId})`, source, executor);
  });
}

/** Answers a run that was acted on, as it is now. @param isShown whether the home shows what was done */
export function runPayload(run: Acting<'run'>, more: { jobId?: string }, done: string, isShown: (now: DashaiRecord<'run'>) => boolean) {
  const { context, source, record, executor } = run;
  return readBack(context, more, async () => {
    const now = await rowNow(context, 'run', record);
    if (!now || !isShown(now)) throw notShown(done, source, executor);
    return { run: await context.entity('Run', encodeId('Run', source, record.nativeId)) };
  });
}

/** What was done stays done when it cannot be shown: the payload then has `more` and says why. */
async function readBack(context: Context, more: object, read: () => Promise<object>): Promise<object> {
  context.forget();
  const payload = await asPayload(() =>
    read().catch((error: unknown) => {
      if (!(error instanceof RequestError)) throw error;
      throw refuse('BUSY', `It was done, but the home cannot be read now: ${error.message}`);
    }),
  );
  return { ...more, ...payload };
}

const notShown = (done: string, source: string, { root }: HomeExecutor): RuleError =>
  refuse(
    'EXECUTOR_FAILED',
    `${done}, but the home ${source} does not show it: the DashAI at ${root} writes to another home, or to a copy.`,
  );

// Fields of the inputs as DashAI and its client call them; what they refuse elsewhere is about no field of an input.
const fieldNames: Readonly<Record<string, string>> = {
  ...{ runId: 'run', datasetId: 'dataset', notebookId: 'notebook', sessionId: 'session' },
  ...Object.fromEntries(
    [
      ...['run', 'dataset', 'notebook', 'session', 'source', 'jobId', 'split', 'rows', 'inputs', 'name', 'explainerName', 'parameters'],
      ...['fitParameters', 'scope', 'columns', 'explorationType', 'converter'],
    ].map((name) => [name, name]),
  ),
};

/** Runs an action; refusals name the fields as the input calls them. */
export const asActionPayload = (action: () => Promise<object>): Promise<object> =>
  asPayload(async () => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      const [first, ...rest] = error.field ?? [];
      const known = first === undefined || !Object.hasOwn(fieldNames, first) ? undefined : fieldNames[first];
      throw known === undefined ? withoutField(error) : refuse(error.code, error.message, [known, ...rest]);
    }
  });

const withoutField = ({ code, message }: RuleError): RuleError => refuse(code, message);
