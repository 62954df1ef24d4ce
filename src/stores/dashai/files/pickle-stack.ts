import { HomeFileFailure } from './home-file-failure.js';
import type { PickleValue } from './pickle-value.js';

/** The stack of values, the marks on it and the memo that the opcodes of a pickle work on. */
export interface PickleStack {
  push(value: PickleValue): void;
  pushDict(keysAndValues: readonly PickleValue[]): void;
  last(): PickleValue;
  pop(): PickleValue;
  /** Takes the last mark away when nothing lies above it, else the last value. */
  drop(): void;
  /** The last `count` values, oldest first, taken away. */
  take(count: number): PickleValue[];
  mark(): void;
  /** What lies above the last mark, taken away with it. */
  sinceMark(): PickleValue[];
  /** Adds to the list on top. */
  append(items: readonly PickleValue[]): void;
  /** Adds to the dict on top. */
  setItems(keysAndValues: readonly PickleValue[]): void;
  remember(index: number): void;
  rememberNext(): void;
  recall(index: number): void;
}

/** @throws HomeFileFailure DAMAGED from every method that needs what is not there */
export function createPickleStack(): PickleStack {
  const values: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();

  const floor = () => marks.at(-1) ?? 0;
  const require = (count: number) => {
    if (values.length - floor() < count) throw damaged('takes a value where none is');
  };
  const last = () => {
    require(1);
    return values.at(-1)!;
  };
  return {
    push: (value) => void values.push(value),
    pushDict: (keysAndValues) => void values.push(fill(new Map<PickleValue, PickleValue>(), keysAndValues)),
    last,
    pop() {
      require(1);
      return values.pop()!;
    },
    drop() {
      if (marks.length > 0 && values.length === floor()) marks.pop();
      else {
        require(1);
        values.pop();
      }
    },
    take(count) {
      require(count);
      return values.splice(values.length - count);
    },
    mark: () => void marks.push(values.length),
    sinceMark() {
      const start = marks.pop();
      if (start === undefined) throw damaged('has no mark where it needs one');
      return values.splice(start);
    },
    append(items) {
      const list = last();
      // A tuple is an array too; appending to one is wrong and does no harm.
      if (!Array.isArray(list)) throw damaged('appends to what is no list');
      for (const item of items) (list as PickleValue[]).push(item);
    },
    setItems(keysAndValues) {
      const dict = last();
      if (!(dict instanceof Map)) throw damaged('sets an item of what is no dict');
      fill(dict as Map<PickleValue, PickleValue>, keysAndValues);
    },
    remember: (index) => void memo.set(index, last()),
    rememberNext: () => void memo.set(memo.size, last()),
    recall(index) {
      if (!memo.has(index)) throw damaged('refers to a value that it does not hold');
      values.push(memo.get(index)!);
    },
  };
}

function fill(dict: Map<PickleValue, PickleValue>, keysAndValues: readonly PickleValue[]): Map<PickleValue, PickleValue> {
  if (keysAndValues.length % 2 !== 0) throw damaged('has a key without a value');
  for (let index = 0; index < keysAndValues.length; index += 2) {
    const key = keysAndValues[index]!;
    if (key instanceof Map) throw damaged('has a dict as a key');
    dict.set(key, keysAndValues[index + 1]!);
  }
  return dict;
}

const damaged = (what: string): HomeFileFailure => new HomeFileFailure('DAMAGED', `The pickle ${what}.`);
