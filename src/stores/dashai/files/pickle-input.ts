import { HomeFileFailure } from './home-file-failure.js';

// Python reads no longer decimal text as an int, for the same reason: making it is quadratic.
const maxDigits = 4_300;
const maxIntegerBytes = 2_048;

/** Reads what stands behind the opcodes of a pickle, never beyond its end. */
export interface PickleInput {
  readonly position: number;
  byte(): number;
  /** An unsigned integer of 2, 4 or 8 bytes, little-endian. */
  unsigned(size: 2 | 4 | 8): number;
  int32(): number;
  double(): number;
  /** A copy, so that what is kept of a pickle does not keep all of it. */
  bytes(length: number): Uint8Array;
  /** UTF-8 in which lone surrogates may stand, as Python writes them. */
  text(length: number): string;
  /** Latin-1 up to the end of the line. */
  line(): string;
  /** A two's complement integer of any length, little-endian. */
  integer(length: number): bigint;
}

/** @throws HomeFileFailure DAMAGED from every method when the pickle ends before the value does */
export function createPickleInput(pickle: Uint8Array): PickleInput {
  const view = new DataView(pickle.buffer, pickle.byteOffset, pickle.byteLength);
  let position = 0;
  const take = (length: number): number => {
    if (length > pickle.length - position) throw new HomeFileFailure('DAMAGED', 'The pickle is cut off.');
    const start = position;
    position += length;
    return start;
  };
  const piece = (length: number) => {
    const start = take(length);
    return pickle.subarray(start, start + length);
  };
  return {
    get position() {
      return position;
    },
    byte: () => pickle[take(1)]!,
    unsigned(size) {
      const start = take(size);
      if (size === 2) return view.getUint16(start, true);
      return size === 4 ? view.getUint32(start, true) : Number(view.getBigUint64(start, true));
    },
    int32: () => view.getInt32(take(4), true),
    double: () => view.getFloat64(take(8), false),
    bytes: (length) => piece(length).slice(),
    text: (length) => surrogateText(piece(length)),
    line() {
      const end = pickle.indexOf(0x0a, position);
      if (end < 0) throw new HomeFileFailure('DAMAGED', 'The pickle is cut off.');
      const text = Buffer.from(piece(end - position)).toString('latin1');
      position++;
      return text;
    },
    integer(length) {
      if (length > maxIntegerBytes) throw new HomeFileFailure('TOO_LARGE', `The pickle holds an integer of ${length} bytes.`);
      const bytes = piece(length);
      if (length === 0) return 0n;
      return BigInt.asIntN(length * 8, BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`));
    },
  };
}

/** @throws HomeFileFailure DAMAGED when it is no decimal integer, TOO_LARGE for one of more than 4,300 digits */
export function decimalInteger(text: string): bigint {
  if (text.length > maxDigits) throw new HomeFileFailure('TOO_LARGE', `The pickle holds an integer of more than ${maxDigits} digits.`);
  if (!/^[+-]?\d+$/.test(text)) throw new HomeFileFailure('DAMAGED', 'The pickle holds an integer that is none.');
  return BigInt(text.replace('+', ''));
}

const floatWords: Readonly<Record<string, number>> = { nan: NaN, '-nan': NaN, inf: Infinity, '-inf': -Infinity };

/** @throws HomeFileFailure DAMAGED when it is no float as Python's `repr` writes it */
export function decimalFloat(text: string): number {
  const number = floatWords[text] ?? (/^[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(text) && text.length < 1000 ? Number(text) : NaN);
  if (Number.isNaN(number) && !/^-?nan$/.test(text)) throw new HomeFileFailure('DAMAGED', 'The pickle holds a float that is none.');
  return number;
}

/** Python's `raw-unicode-escape`: an odd number of backslashes before u or U makes an escape. */
export function rawUnicodeEscaped(text: string): string {
  return text.replace(/(\\+)(?:u([\da-fA-F]{4})|U([\da-fA-F]{8}))/g, (match, slashes: string, short?: string, long?: string) => {
    if (slashes.length % 2 === 0) return match;
    const code = Number.parseInt(short ?? long!, 16);
    if (code > 0x10ffff) throw new HomeFileFailure('DAMAGED', 'The pickle holds a character that is none.');
    return slashes.slice(1) + String.fromCodePoint(code);
  });
}

function surrogateText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return withSurrogates(bytes);
  }
}

// Python encodes a lone surrogate as if it were a character of three bytes (ED A0 80 to ED BF BF), which UTF-8 forbids.
function withSurrogates(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const pieces: string[] = [];
  let start = 0;
  try {
    for (let index = bytes.indexOf(0xed); index >= 0; index = bytes.indexOf(0xed, index + 1)) {
      const [second = 0, third = 0] = [bytes[index + 1], bytes[index + 2]];
      if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
      pieces.push(decoder.decode(bytes.subarray(start, index)), String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)));
      start = index + 3;
    }
    pieces.push(decoder.decode(bytes.subarray(start)));
  } catch {
    throw new HomeFileFailure('DAMAGED', 'The pickle holds a text that is no UTF-8.');
  }
  return pieces.join('');
}
