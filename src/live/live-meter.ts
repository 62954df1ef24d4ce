/** What the fan-out counts. */
export interface LiveMeter {
  groupOpened(): void;
  groupClosed(): void;
  subscriberJoined(): void;
  subscriberLeft(): void;
  /** A read found something, after `rings` rings of its bell; all but one of them were merged. */
  batchRead(rings: number): void;
  messagesWritten(count: number): void;
  /** A subscriber could not keep up and was moved back to its position. */
  subscriberMovedBack(): void;
  /** Seconds from the ring after a commit until the last socket was written to. */
  lag(seconds: number): void;
}
