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
    yield `${isEmpty ? `{${JSON.stringify(name)}:[` : ','}${slice.map(itemText).join()}`;
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
