/** What is asked when a database is looked at. */
export interface PulseQuestion {
  /** Of the look before; null: nobody has looked. */
  readonly since: PulseMark | null;
  /** Runs that are followed by their ids. */
  readonly followed: readonly string[];
  /** Whether anybody wants to know of params and tags. */
  readonly areTextsWanted: boolean;
}

/** What was known of a database when it was last looked at; only whoever made it reads it. */
export type PulseMark = object;

/** What has changed since a mark. */
export interface Pulse {
  readonly mark: PulseMark;
  /** Whether anything was committed at all. */
  readonly hasChanged: boolean;
  /** Runs that got points; `all` when it cannot or need not be told which. */
  readonly withPoints: readonly string[] | 'all';
  /** Whether runs that are not followed by their ids may have got points, too. */
  readonly isUnclear: boolean;
  /** Runs that are known to have got params or tags. */
  readonly withTexts: readonly string[];
  /** Runs of which something is another that may be none of what runs are compared by. */
  readonly touched?: readonly string[];
}
