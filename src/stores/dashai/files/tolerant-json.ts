import { parse } from 'lossless-json';
import { plainJson, type ExactJson } from '../../../core/python-json.js';
import { HomeFileFailure } from './home-file-failure.js';

/** Deeper values are no plot and no statistics; whoever walks through them may do it by recursion. */
const maxDepth = 200;

// Only what JSON.parse would round takes the slow way: integers of 16 digits or more.
const beyondJson = /(?<![\d.])\d{16,}(?![\d.eE])/;

/**
 * Reads JSON as Python writes it: NaN and ±Infinity become texts, integers beyond 2^53 too; doubles are exact.
 * Takes about 10 ms per MB, so a megabyte or more belongs into a thread.
 * @throws HomeFileFailure DAMAGED when it is no JSON or nested more than 200 deep
 */
export function parseTolerantJson(text: string): unknown {
  const strict = strictJson(text);
  try {
    return beyondJson.test(strict) ? plainJson(parse(strict) as ExactJson) : JSON.parse(strict);
  } catch {
    // The text of the parser's error shows pieces of the file.
    throw noJson();
  }
}

/** @throws HomeFileFailure DAMAGED when the bytes are no UTF-8 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HomeFileFailure('DAMAGED', 'The file is no UTF-8 text.');
  }
}

/**
 * Puts Python's words into quotes, in one pass: an expression would look from every quote of a damaged text to its end.
 * JSON.parse takes any depth, but no recursion over its result does.
 */
function strictJson(text: string): string {
  const pieces: string[] = [];
  let [depth, done] = [0, 0];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === quote) index = endOfText(text, index);
    else if (unit === 0x5b || unit === 0x7b) depth++;
    else if (unit === 0x5d || unit === 0x7d) depth--;
    else if (unit === 0x4e || unit === 0x49) {
      const word = unit === 0x4e ? 'NaN' : 'Infinity';
      if (!text.startsWith(word, index)) throw noJson();
      const start = word === 'Infinity' && text[index - 1] === '-' ? index - 1 : index;
      pieces.push(text.slice(done, start), '"', text.slice(start, index + word.length), '"');
      done = index + word.length;
      index = done - 1;
    }
    if (depth > maxDepth) throw new HomeFileFailure('DAMAGED', `The JSON is nested more than ${maxDepth} deep.`);
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(done);
}

const quote = 0x22;
const backslash = 0x5c;

/** Where the quote is that ends the text which begins at `start`. */
function endOfText(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === quote) return index;
    if (unit === backslash) index++;
  }
  throw noJson();
}

const noJson = (): HomeFileFailure => new HomeFileFailure('DAMAGED', 'The file is no JSON.');
