import { parse } from 'lossless-json';
import { plainJson, strictJson, type ExactJson } from '../../../core/python-json.js';
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
  const strict = strictJson(text, maxDepth);
  if (strict === null) throw noJson();
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

const noJson = (): HomeFileFailure => new HomeFileFailure('DAMAGED', `The file is no JSON, or nested more than ${maxDepth} deep.`);
