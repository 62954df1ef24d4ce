import { refuse } from '../../../core/errors.js';
import { isGiven } from '../../conditions.js';
import type { LogLines, NewLogLine } from '../../log-store.js';
import { checkIdempotencyKey } from '../rules.js';

/** Limits of log lines: of texts in characters, of one request in lines. */
const limits = { message: 65_536, label: 64, lines: 10_000 } as const;

/** Checks what can be checked without the database. Any text is fine: lines are kept in a form that loses no character. */
export function checkLogLines({ lines, idempotencyKey }: LogLines): void {
  checkIdempotencyKey(idempotencyKey);
  if (lines.length === 0) throw refuse('INVALID', 'No line is given.', ['lines']);
  if (lines.length > limits.lines)
    throw refuse('TOO_LARGE', `${lines.length} lines at once; send at most ${limits.lines} and the rest in further calls.`, ['lines']);
  lines.forEach(checkLine);
}

function checkLine({ message, level, stream }: NewLogLine, index: number): void {
  checkLength(message, limits.message, index, 'message');
  if (isGiven(level)) checkLength(level, limits.label, index, 'level');
  if (isGiven(stream)) checkLength(stream, limits.label, index, 'stream');
}

function checkLength(text: string, maxLength: number, index: number, name: keyof NewLogLine): void {
  if (text.length <= maxLength) return; // most texts need no counting: no character is shorter than one UTF-16 unit
  const length = [...text].length;
  if (length <= maxLength) return;
  const advice = name === 'message' ? '; send a longer text as several lines' : '';
  throw refuse('TOO_LARGE', `The ${name} of line ${index} has ${length} characters; at most ${maxLength} can be kept${advice}.`, [
    'lines',
    String(index),
    name,
  ]);
}
