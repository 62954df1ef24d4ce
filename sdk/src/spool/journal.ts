import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { RunGraphError } from '../errors.js';
import { fromLine, toLine } from './line.js';

/** Bytes that journals of one spool may take together. */
export interface Budget {
  used: number;
  readonly max: number;
}

/** A record and the position after it. */
export interface Entry<Body> {
  readonly record: Body;
  readonly end: number;
}

interface JournalNeeds {
  readonly folder: string;
  /** Name that all its files begin with. */
  readonly name: string;
  readonly budget: Budget;
  /** Whether a record must survive the loss of power, at an fdatasync each; it survives the end of the process anyway. */
  readonly sync: boolean;
  /** What a new file begins with, so that those before it can go. */
  readonly head: () => object;
}

/** Bytes of a file after which the next one is begun. */
const maxFileBytes = 4 * 2 ** 20;
/** Bytes of a file that holds nothing any more, after which it is replaced by an empty one. */
const maxIdleBytes = 2 ** 16;
const chunkBytes = 2 ** 18;
/** Room that is kept for what has to be noted even when no more points are taken. */
const reservedBytes = 2 ** 16;

/**
 * Records on disk, in the order they came. A position is a number of bytes from the beginning of the journal; each file is
 * named after the position it begins at, so files whose records are done can be removed and positions stay what they are.
 */
export class Journal<Body extends object> {
  /** Positions at which files begin, ascending. */
  readonly #bases: number[];
  #end: number;
  #file: number | null = null;

  constructor(private readonly needs: JournalNeeds) {
    this.#bases = readdirSync(needs.folder)
      .map((file) => (file.startsWith(`${needs.name}.`) && file.endsWith('.jsonl') ? Number(file.slice(needs.name.length + 1, -6)) : NaN))
      .filter(Number.isSafeInteger)
      .sort((a, b) => a - b);
    const last = this.#bases.at(-1);
    this.#end = last === undefined ? 0 : last + statSync(this.#path(last)).size;
    needs.budget.used += this.bytes;
  }

  /** Position after the last record. */
  get end(): number {
    return this.#end;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#end - (this.#bases[0] ?? this.#end);
  }

  /**
   * Writes a record. @returns the position after it
   * @param isNote a note about other records, which is taken even when no more of them are
   * @throws SPOOL_FULL; then nothing was written
   */
  append(record: Body, isNote = false): number {
    const line = Buffer.from(toLine(record));
    const { budget } = this.needs;
    if (!isNote && budget.used + line.length + reservedBytes > budget.max)
      throw new RunGraphError(`The spool in ${this.needs.folder} is full (${budget.max} bytes); the server has to take some first.`, {
        code: 'SPOOL_FULL',
      });
    const size = this.#end - (this.#bases.at(-1) ?? -Infinity);
    if (size > maxFileBytes) this.#begin();
    this.#file ??= openSync(this.#path(this.#bases.at(-1)!), 'a', 0o600);
    this.#write(line);
    return this.#end;
  }

  /** Records from a position on, read as they are asked for. A damaged one is told and passed over. */
  *entries(from: number, onDamage: () => void = () => undefined): Generator<Entry<Body>, void, undefined> {
    for (const [index, base] of [...this.#bases].entries()) {
      const next = this.#bases[index + 1] ?? this.#end;
      if (next <= from) continue;
      for (const { line, end } of this.#lines(base, Math.max(from, base), next)) {
        const record = line === null ? null : fromLine(line);
        if (record) yield { record: record as Body, end };
        else onDamage();
      }
    }
  }

  /** Cuts off what was not written to its end: the last line, when it has none or is damaged. */
  cutTornTail(): void {
    const base = this.#bases.at(-1);
    if (base === undefined) return;
    let good = base;
    for (const { line, end } of this.#lines(base, base, this.#end)) if (line !== null && fromLine(line)) good = end;
    this.needs.budget.used -= this.#end - good;
    this.#end = good;
    const path = this.#path(base);
    if (good > base) return truncateSync(path, good - base);
    // Not even what a file begins with: the ones before it, if there are any, are still there.
    rmSync(path);
    this.#bases.pop();
  }

  /** Removes files that hold nothing after a position; where that is the end, the last one too, once it is worth it. */
  discardBefore(position: number): void {
    if (position === this.#end && this.bytes > maxIdleBytes) this.#begin();
    while (this.#bases.length > 1 && this.#bases[1]! <= position) {
      const base = this.#bases.shift()!;
      rmSync(this.#path(base), { force: true });
      this.needs.budget.used -= this.#bases[0]! - base;
    }
  }

  /** Gives its files back; `remove` deletes them. */
  close(remove = false): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    if (!remove) return;
    this.needs.budget.used -= this.bytes;
    for (const base of this.#bases.splice(0)) rmSync(this.#path(base), { force: true });
  }

  /** Begins a new file. */
  #begin(): void {
    this.close();
    this.#bases.push(this.#end);
    this.#file = openSync(this.#path(this.#end), 'a', 0o600);
    this.#write(Buffer.from(toLine(this.needs.head())));
  }

  #write(line: Buffer): void {
    const file = this.#file!;
    const size = this.#end - this.#bases.at(-1)!;
    try {
      for (let written = 0; written < line.length;) written += writeSync(file, line, written);
      if (this.needs.sync) fdatasyncSync(file);
    } catch (error) {
      // A disk that is full took half a line; the next one must not be glued to it.
      ftruncateSync(file, size);
      throw error;
    }
    this.#end += line.length;
    this.needs.budget.used += line.length;
  }

  /** Lines of one file; null stands for one without an end. */
  *#lines(base: number, from: number, to: number): Generator<{ line: string | null; end: number }, void, undefined> {
    const file = openSync(this.#path(base), 'r');
    try {
      let rest = Buffer.alloc(0);
      let position = from;
      const chunk = Buffer.alloc(chunkBytes);
      for (let at = from; at < to;) {
        const read = readSync(file, chunk, 0, Math.min(chunkBytes, to - at), at - base);
        if (read === 0) break;
        at += read;
        rest = Buffer.concat([rest, chunk.subarray(0, read)]);
        let begin = 0;
        for (let newline = rest.indexOf(10); newline >= 0; newline = rest.indexOf(10, begin)) {
          position += newline + 1 - begin;
          yield { line: rest.toString('utf8', begin, newline), end: position };
          begin = newline + 1;
        }
        rest = rest.subarray(begin);
      }
      if (rest.length > 0) yield { line: null, end: position + rest.length };
    } finally {
      closeSync(file);
    }
  }

  #path(base: number): string {
    return join(this.needs.folder, `${this.needs.name}.${base}.jsonl`);
  }
}
