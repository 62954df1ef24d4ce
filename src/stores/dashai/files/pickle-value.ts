import { pythonNumber } from '../../../core/python-json.js';
import { HomeFileFailure } from './home-file-failure.js';

/**
 * What a pickle of plain values holds. `int` and `long` are bigints, floats are numbers, bytes and bytearrays are byte arrays,
 * lists and tuples are arrays, dicts are maps in their order. Shared references stay shared.
 */
export type PickleValue = null | boolean | bigint | number | string | Uint8Array | readonly PickleValue[] | PickleDict;

export type PickleDict = ReadonlyMap<PickleValue, PickleValue>;

/** Deeper values are refused, and so are values that contain themselves. */
const maxDepth = 100;

// Values that are shared are written out once per use: a small pickle may mean a huge text.
const maxJsonNodes = 5_000_000;
const maxJsonBytes = 64 * 1024 * 1024;

/** @throws HomeFileFailure DAMAGED when a value contains itself or is nested more than 100 deep */
export function requireBounded(value: PickleValue): void {
  const depths = new Map<object, number>();
  const depthOf = (inner: PickleValue, outer: number): number => {
    const parts = partsOf(inner);
    if (parts === null) return 0;
    const known = depths.get(inner as object);
    if (known !== undefined) return known;
    if (outer > maxDepth) throw new HomeFileFailure('DAMAGED', `The pickle is nested more than ${maxDepth} deep, or holds itself.`);
    let deepest = 0;
    for (const part of parts) deepest = Math.max(deepest, depthOf(part, outer + 1));
    depths.set(inner as object, deepest + 1);
    // A shared part may be known from a place less deep.
    if (outer + deepest > maxDepth) throw new HomeFileFailure('DAMAGED', `The pickle is nested more than ${maxDepth} deep.`);
    return deepest + 1;
  };
  depthOf(value, 1);
}

function* entriesOf(dict: PickleDict): Generator<PickleValue> {
  for (const [key, value] of dict) {
    yield key;
    yield value;
  }
}

const partsOf = (value: PickleValue): Iterable<PickleValue> | null => {
  if (Array.isArray(value)) return value as readonly PickleValue[];
  return value instanceof Map ? entriesOf(value as PickleDict) : null;
};

/**
 * A pickled value as JSON: integers beyond 2^53 and NaN and ±Infinity are texts, as `parseTolerantJson` gives them; bytes are
 * base64; keys of dicts are texts as Python's `json.dumps` makes them of numbers, true, false and None.
 * @throws HomeFileFailure TOO_LARGE when shared references make it more than 5 million values, UNSUPPORTED for a tuple or bytes as key
 */
export function pickleJson(value: PickleValue): unknown {
  let [nodes, bytes] = [0, 0];
  const toJson = (inner: PickleValue): unknown => {
    nodes++;
    if (nodes > maxJsonNodes) throw new HomeFileFailure('TOO_LARGE', `The pickle holds more than ${maxJsonNodes} values.`);
    if (typeof inner === 'bigint') return numberOrText(inner);
    if (typeof inner === 'number') return Number.isFinite(inner) ? inner : String(inner);
    if (inner instanceof Uint8Array) bytes += inner.length;
    if (bytes > maxJsonBytes) throw new HomeFileFailure('TOO_LARGE', `The pickle holds more than ${maxJsonBytes} bytes.`);
    if (inner instanceof Uint8Array) return Buffer.from(inner).toString('base64');
    if (Array.isArray(inner)) return (inner as readonly PickleValue[]).map(toJson);
    if (inner instanceof Map) return Object.fromEntries([...(inner as PickleDict)].map(([key, item]) => [keyText(key), toJson(item)]));
    return inner;
  };
  return toJson(value);
}

const numberOrText = (value: bigint): number | string => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
};

function keyText(key: PickleValue): string {
  if (typeof key === 'number') return pythonNumber(key);
  if (key === null || typeof key !== 'object') return String(key);
  throw new HomeFileFailure('UNSUPPORTED', 'The pickle has a dict whose keys are tuples or bytes, which JSON has no place for.');
}
