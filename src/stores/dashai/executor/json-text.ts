import { refuse } from '../../../core/errors.js';
import { isStorableText } from '../../../core/text.js';

/**
 * JSON that says what the value does. `JSON.stringify` would make null of numbers it cannot write.
 * @throws INVALID for NaN, infinities and texts DashAI's database cannot keep
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (name, inner: unknown) => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) throw refuse('INVALID', `${name || 'The value'}: JSON has no ${inner}.`);
    if (typeof inner === 'string' && !isStorableText(inner)) throw refuse('INVALID', `${name || 'The value'}: the text cannot be stored.`);
    return inner;
  });
