import { RuleBroken } from './errors.js';
import type { LogLineInput } from './generated/operations.js';
import type { Packer } from './send-buffer.js';

/** What is known about a line besides its text. */
export interface PrintOptions {
  /** Level as its logger calls it, up to 64 characters; none by default. */
  readonly level?: string | undefined;
  /** Where it was written to, up to 64 characters, for example `stderr`; none by default. */
  readonly stream?: string | undefined;
  /** When it was written; now by default. */
  readonly at?: Date | undefined;
}

const lineBytes = 80;
const maxLength = 65_536;

/** A line as it is sent. @throws RuleBroken what the server would refuse; a parcel is written whole or not at all */
export function toLine(message: string, { level, stream, at = new Date() }: PrintOptions): LogLineInput {
  for (const [field, text, length] of [
    ['message', message, maxLength],
    ['level', level, 64],
    ['stream', stream, 64],
  ] as const)
    if (text && text.length > length && [...text].length > length)
      throw new RuleBroken([
        { code: 'TOO_LARGE', field: ['lines', field], message: `The ${field} of a line has at most ${length} characters.` },
      ]);
  return { message, level, stream, at };
}

/** Packs lines in their order. */
export function packLines(): Packer<LogLineInput, LogLineInput[]> {
  let lines: LogLineInput[] = [];
  return {
    add(line) {
      lines.push(line);
      return lineBytes + line.message.length;
    },
    take() {
      const taken = lines;
      lines = [];
      return taken;
    },
  };
}
