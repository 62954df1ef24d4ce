import type { BellBoard } from '../core/bell.js';

export type ModelEventKind =
  | 'CREATED'
  | 'UPDATED'
  | 'DELETED'
  | 'VERSION_CREATED'
  | 'VERSION_UPDATED'
  | 'VERSION_DELETED'
  | 'STAGE_CHANGED'
  | 'ALIAS_SET'
  | 'ALIAS_DELETED'
  | 'TAGS_CHANGED';

/** A difference between how a model was and how it is. */
export interface ModelChange {
  readonly kind: ModelEventKind;
  readonly model: string;
  /** Number of the version it is about; of an alias, where it points, or pointed. Null: the model itself. */
  readonly version: number | null;
  readonly alias: string | null;
}

/** Something that happened to a registered model. */
export interface StoredModelEvent extends ModelChange {
  readonly sequence: bigint;
  /** When it was seen; milliseconds since the epoch. */
  readonly at: number;
}

/**
 * What happens in the model registry of a source, found by comparing how it is with how it was: by whoever writes here after
 * each write, and now and then for what others write, in both cases only while somebody listens.
 */
export interface ModelFeed {
  /** Another one in every process: sequence numbers of another epoch mean nothing. */
  readonly epoch: string;
  /** Rings with the name of a model when something happened to it. */
  readonly events: BellBoard;
  /** Events after a sequence number, oldest first; those that were forgotten are left out. */
  eventsAfter(after: bigint, limit: number): readonly StoredModelEvent[];
  /** Looks, and answers the sequence number of the newest event; 0 when there is none. */
  endOfEvents(): Promise<bigint>;
  /**
   * Does a write. While somebody listens, writes come one after the other and what each did is among the events before it is
   * answered, so that no two of them look like one.
   * @param models names of the models it is about
   */
  during<T>(models: readonly string[], write: () => Promise<T>): Promise<T>;
  /** Looks, if somebody listens: somebody else may have written. */
  lookIfHeard(): Promise<void>;
}
