import { refuse } from '../../core/errors.js';
import { StoreFailure } from '../store-failure.js';

/** Prisma's codes for a transaction that could not begin, or a statement that met a lock. */
const prismaLocked = new Set(['P1008', 'P2024', 'P2028', 'P2034']);

/**
 * A write, with what the store may say against it as the contract's codes: BUSY may be tried again (clients do),
 * CORRUPT may not. Nothing was written in either case.
 */
export async function coded<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const isLocked = error instanceof StoreFailure ? error.reason === 'BUSY' : prismaLocked.has(String((error as { code?: unknown }).code));
    if (isLocked) throw refuse('BUSY', 'The store is locked by another process; try again.');
    if (error instanceof StoreFailure) throw refuse('CORRUPT', `The store cannot be written: ${error.message}`);
    throw error;
  }
}
