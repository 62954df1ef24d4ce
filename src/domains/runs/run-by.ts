import { fail } from '../../core/errors.js';
import { decodeId } from '../../core/ids.js';
import { isGiven } from '../../stores/conditions.js';
import { requireAnswers } from '../../stores/sources.js';
import type { Context } from './context.js';
import { createRunLoaders } from './loaders.js';
import { toRunNode, type RunNode } from './run-node.js';
import { toRunOrder } from './run-query.js';
import type { RunBy } from './run.input.js';

/**
 * The run with this id or natural key; null when there is none.
 * @throws BAD_USER_INPUT when nothing is given, or the natural key fits several runs
 */
export async function findRun(by: RunBy, context: Context): Promise<RunNode | null> {
  const { id, nativeId, source, name, experiment } = by;
  if (isGiven(id)) {
    if ([nativeId, source, name, experiment].some(isGiven))
      throw fail('BAD_USER_INPUT', 'Give by.id alone, or a natural key.', { argument: 'by' });
    return context.once(createRunLoaders).run.load(decodeId('Run', id, 'by.id'));
  }
  if (!isGiven(nativeId) && !isGiven(name)) throw fail('BAD_USER_INPUT', 'Give by.id, by.nativeId or by.name.', { argument: 'by' });
  if (isGiven(source)) context.stores.sources.get(source, 'by.source');
  const equals = (value: string | null | undefined) => (isGiven(value) ? { eq: value } : undefined);
  const filter = { nativeId: equals(nativeId), source: equals(source), name: equals(name), experiment: equals(experiment) };
  const page = await context.stores.runs.page(
    { filter, orderBy: toRunOrder(null) },
    { limit: 2, backward: false, after: null, before: null },
  );
  if (page.rows.length > 1) {
    throw fail('BAD_USER_INPUT', 'Several runs fit; add source, experiment or nativeId, or list them with runs(filter).', {
      argument: 'by',
    });
  }
  if (page.rows.length === 0) requireAnswers(page.sources);
  return page.rows[0] ? toRunNode(page.rows[0].record) : null;
}
