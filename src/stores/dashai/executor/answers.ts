import { refuse } from '../../../core/errors.js';
import { ExecutorError } from './executor-error.js';

/** The id of what DashAI created. @throws EXECUTOR_FAILED when the answer has none */
export function createdId(answer: unknown, noun: string): number {
  const id = (answer as { readonly id?: unknown } | null)?.id;
  if (isRowId(id)) return id;
  throw new ExecutorError('EXECUTOR_FAILED', `DashAI answered without the id of the ${noun} it was to create.`, 'UNKNOWN');
}

/** The rows of a list. @throws EXECUTOR_FAILED when the answer is no list of objects */
export function listOf(answer: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(answer) && answer.every((row) => typeof row === 'object' && row !== null))
    return answer as readonly Readonly<Record<string, unknown>>[];
  throw new ExecutorError('EXECUTOR_FAILED', 'DashAI answered with something else than the list it was asked for.', 'UNKNOWN');
}

/** Ids become parts of paths and of job arguments. @throws INVALID when one cannot be an id of DashAI's */
export function checkIds(ids: Readonly<Record<string, number>>): void {
  for (const [field, id] of Object.entries(ids)) {
    if (!isRowId(id)) throw refuse('INVALID', `${field} must be a positive integer.`, [field]);
  }
}

const isRowId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
