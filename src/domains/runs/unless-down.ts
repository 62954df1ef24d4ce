import { RequestError } from '../../core/errors.js';

/** Null when an attached source cannot be read now, its bells ring when it can; our own store has to. */
export async function unlessDown<T>(source: string, asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    const isDown = error instanceof RequestError && (error.code === 'SOURCE_UNAVAILABLE' || error.code === 'SOURCE_TIMEOUT');
    if (source === 'local' || !isDown) throw error;
    return null;
  }
}
