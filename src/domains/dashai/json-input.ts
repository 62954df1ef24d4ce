import { refuse } from '../../core/errors.js';
import type { JsonObject } from '../../stores/dashai/executor/transport.js';

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parameters of an input; none are an empty object. @throws INVALID when they are no object */
export function parametersIn(value: unknown, field: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw refuse('INVALID', `${field} must be a JSON object.`, [field]);
}

/** A list of an input. @throws INVALID naming the first that is no object */
export function objectsIn(values: readonly unknown[], field: string): readonly JsonObject[] {
  if (values.length === 0) throw refuse('INVALID', `${field} is empty.`, [field]);
  return values.map((value, index) => {
    if (isObject(value)) return value;
    throw refuse('INVALID', `${field} must hold JSON objects.`, [field, String(index)]);
  });
}
