import { RuleError, type RuleErrorCode } from '../../../core/errors.js';

/**
 * Whether DashAI did what a failed call asked for: `UNKNOWN` when the way broke after the request may have arrived.
 * Only what was surely `NOT_DONE` may be undone or tried again without a look.
 */
export type Outcome = 'NOT_DONE' | 'UNKNOWN';

/** A call to DashAI that failed. A rule error like any other, with what the caller needs to clean up. */
export class ExecutorError extends RuleError {
  constructor(
    code: RuleErrorCode,
    message: string,
    readonly outcome: Outcome,
    field: readonly string[] | null = null,
    /** HTTP status of DashAI's answer; null when there was none. */
    readonly status: number | null = null,
    /** What DashAI said, trimmed; empty when it said nothing. */
    readonly said: string = '',
  ) {
    super(code, message, field);
  }

  /** The same failure with a sentence added. */
  with(sentence: string): ExecutorError {
    return new ExecutorError(
      this.code,
      `${this.message.replace(/[^.…]$/, '$&.')} ${sentence}`,
      this.outcome,
      this.field,
      this.status,
      this.said,
    );
  }

  /** The same failure under another code and in other words. */
  as(code: RuleErrorCode, message: string, field: readonly string[] | null = this.field): ExecutorError {
    return new ExecutorError(code, message, this.outcome, field, this.status, this.said);
  }
}

const maxSaidLength = 300;

/** A text of DashAI's for one line of a message: no stack, no control characters, at most 300 characters. */
export function trimmed(text: string): string {
  const line = text
    .split('Traceback (most recent call last)')[0]!
    .replace(/[\u0000-\u001f\u007f\s]+/g, ' ')
    .trim();
  return line.length > maxSaidLength ? `${line.slice(0, maxSaidLength)}…` : line;
}
