import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { toJson } from './rest-json.js';

/**
 * An object with one long list as a stream of JSON, written slice by slice: the text is never in memory as a whole, and
 * between two slices other requests have their turn.
 * @param rest the object's other members, asked for when the list has ended; an empty list is left out
 */
export const streamList = (name: string, slices: AsyncIterable<readonly object[]>, rest: () => object): Readable =>
  Readable.from(textOf(name, slices, rest));

async function* textOf(name: string, slices: AsyncIterable<readonly object[]>, rest: () => object): AsyncGenerator<string> {
  let isEmpty = true;
  for await (const slice of slices) {
    if (slice.length === 0) continue;
    yield isEmpty ? `{${JSON.stringify(name)}:[` : ',';
    if (slice.some((item) => hasLongList(item, hugeList))) yield* listSlices(slice, hugeList);
    else yield slice.map(itemText).join();
    isEmpty = false;
    await setImmediate();
  }
  const others = toJson(rest());
  yield isEmpty ? others : `]${others === '{}' ? '' : ','}${others.slice(1)}`;
}

/** The engine writes what it can, several times as fast: everything but 64-bit integers. Items have no NaN or Infinity as numbers. */
function itemText(item: object): string {
  try {
    return JSON.stringify(item);
  } catch {
    return toJson(item);
  }
}

/** Items of a long list that are written at once: some tenths of a millisecond for metrics, a few for spans. */
const itemsAtOnce = 100;
/** A run with so many metrics is written slice by slice even among others, which takes longer in all. */
const hugeList = 2_000;

/** Any answer as JSON: a text or, when a list somewhere in it is long, a stream that is written slice by slice. */
export const answerJson = (answer: unknown): string | Readable =>
  hasLongList(answer, itemsAtOnce) ? Readable.from(slicesOf(answer, itemsAtOnce)) : toJson(answer);

/** Whether there is a list of more than `most` items somewhere in a value. */
function hasLongList(value: unknown, most: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  const [members, isLong] = Array.isArray(value) ? [value, value.length > most] : [Object.values(value), false];
  return isLong || members.some((member) => hasLongList(member, most));
}

async function* slicesOf(value: unknown, most: number): AsyncGenerator<string> {
  if (!hasLongList(value, most)) yield toJson(value);
  else if (Array.isArray(value)) {
    yield '[';
    yield* listSlices(value, most);
    yield ']';
  } else {
    let before = '{';
    for (const [name, member] of Object.entries(value as object)) {
      if (member === undefined) continue;
      yield `${before}${JSON.stringify(name)}:`;
      yield* slicesOf(member, most);
      before = ',';
    }
    yield '}';
  }
}

async function* listSlices(list: readonly unknown[], most: number): AsyncGenerator<string> {
  const size = list.some((item) => hasLongList(item, most)) ? 1 : itemsAtOnce;
  for (let from = 0; from < list.length; from += size) {
    if (from > 0) yield ',';
    if (size === 1) yield* slicesOf(list[from], most);
    else
      yield list
        .slice(from, from + size)
        .map(toJson)
        .join();
    await setImmediate();
  }
}
