import { RequestError } from '../../core/errors.js';

/** Null when a source cannot be read now whose bells ring when it can; any other has to answer. */
export async function unlessDown<T>({ ringsWhenBack }: { readonly ringsWhenBack: boolean }, asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    const isDown = error instanceof RequestError && (error.code === 'SOURCE_UNAVAILABLE' || error.code === 'SOURCE_TIMEOUT');
    if (!ringsWhenBack || !isDown) throw error;
    return null;
  }
}
