import type { RunWriter } from './run-writer.js';

/** As much of Node's process as is needed. */
interface ProcessEvents {
  on?(event: 'beforeExit', listener: () => void): unknown;
  off?(event: 'beforeExit', listener: () => void): unknown;
}

/** Flushes writers when Node has nothing else to do: a script may end without having waited for its points. */
export class ExitFlush {
  readonly #writers = new Set<RunWriter>();
  readonly #process = (globalThis as { process?: ProcessEvents }).process;
  readonly #flush = (): void => {
    // What fails here has nobody left to hear it.
    for (const writer of this.#writers) if (writer.pending > 0) writer.flush().catch(() => this.delete(writer));
  };

  add(writer: RunWriter): void {
    if (this.#writers.size === 0) this.#process?.on?.('beforeExit', this.#flush);
    this.#writers.add(writer);
  }

  delete(writer: RunWriter): void {
    this.#writers.delete(writer);
    if (this.#writers.size === 0) this.#process?.off?.('beforeExit', this.#flush);
  }
}
