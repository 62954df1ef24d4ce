/** The messages of one read of the leader, and where they lead from. */
export interface Frame<Position> {
  readonly sequence: number;
  /** Position of who has everything before this frame. */
  readonly before: Position;
  readonly texts: readonly string[];
}

const maxFrames = 32;
const maxLength = 128 * 1024;

/** The last frames of a group, for those who were nearly there while they were sent. */
export class RecentFrames<Position> {
  #frames: Frame<Position>[] = [];
  #length = 0;

  push(frame: Frame<Position>): void {
    this.#frames.push(frame);
    this.#length += lengthOf(frame);
    while (this.#frames.length > maxFrames || (this.#length > maxLength && this.#frames.length > 0)) {
      this.#length -= lengthOf(this.#frames.shift()!);
    }
  }

  /** Frames after a sequence number up to `last`; null when some of them are forgotten. */
  since(sequence: number, last: number): readonly Frame<Position>[] | null {
    if (sequence === last) return [];
    const first = this.#frames.findIndex((frame) => frame.sequence === sequence + 1);
    return first < 0 ? null : this.#frames.slice(first);
  }

  clear(): void {
    this.#frames = [];
    this.#length = 0;
  }
}

const lengthOf = ({ texts }: Frame<unknown>): number => texts.reduce((sum, text) => sum + text.length, 0);
