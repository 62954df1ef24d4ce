/** Why a store did not answer; each maps to one state of a source. */
export type StoreFailureReason = 'MISSING' | 'BUSY' | 'CORRUPT' | 'INCOMPATIBLE' | 'UNREADABLE';

/** The store itself failed, not the question: the file is gone, locked, damaged, or not what it should be. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  constructor(
    readonly reason: StoreFailureReason,
    message: string,
  ) {
    super(message);
  }
}
