import { HomeFileFailure } from './home-file-failure.js';
import { createPickleInput, decimalFloat, decimalInteger, rawUnicodeEscaped, type PickleInput } from './pickle-input.js';
import { createPickleStack, type PickleStack } from './pickle-stack.js';
import { requireBounded, type PickleValue } from './pickle-value.js';

/** Longer pickles are refused. */
export const maxPickleBytes = 32 * 1024 * 1024;

// Every opcode may make a value of some 50 bytes: without a limit, 32 MB of "]" would become gigabytes.
const maxOpcodes = 4_000_000;

const highestProtocol = 5;

/**
 * Reads a pickle of plain values: None, bool, int, float, str, bytes, list, tuple, dict, of the protocols 0 to 5. Nothing is
 * ever imported, called or built: an opcode that would is refused, and with it the pickle.
 * Takes about 50 ms per million values, so what is not known to be small belongs into a thread.
 * @throws HomeFileFailure NEEDS_PYTHON for a pickle with objects, TOO_LARGE beyond 32 MB or 4 million opcodes,
 *   UNSUPPORTED for sets, for texts of Python 2 and for newer protocols, DAMAGED for everything that is no pickle
 */
export function readPickle(pickle: Uint8Array): PickleValue {
  if (pickle.length > maxPickleBytes) throw new HomeFileFailure('TOO_LARGE', `The pickle has more than ${maxPickleBytes} bytes.`);
  const input = createPickleInput(pickle);
  const stack = createPickleStack();
  for (let count = 0; count < maxOpcodes; count++) {
    const opcode = input.byte();
    if (opcode === stop) {
      const value = stack.last();
      requireBounded(value);
      return value;
    }
    const step = steps.get(opcode);
    if (step === undefined) throw refusal(opcode, input.position - 1);
    step(stack, input);
  }
  throw new HomeFileFailure('TOO_LARGE', `The pickle has more than ${maxOpcodes} opcodes.`);
}

type Step = (stack: PickleStack, input: PickleInput) => void;

const code = (character: string): number => character.charCodeAt(0);
const stop = code('.');

/** Puts a value that stands in the pickle itself onto the stack. */
const literal =
  (read: (input: PickleInput) => PickleValue): Step =>
  (stack, input) => {
    stack.push(read(input));
  };

const booleans: Readonly<Record<string, boolean>> = { '00': false, '01': true };

const steps: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x80, (_, input) => requireProtocol(input.byte())],
  // Frames only say how much to read at once.
  [0x95, (_, input) => void input.unsigned(8)],
  [code('('), (stack) => stack.mark()],
  [code('0'), (stack) => stack.drop()],
  [code('1'), (stack) => void stack.sinceMark()],
  [code('2'), (stack) => stack.push(stack.last())],

  [code('N'), literal(() => null)],
  [0x88, literal(() => true)],
  [0x89, literal(() => false)],
  [code('I'), literal((input) => integerLine(input.line()))],
  [code('J'), literal((input) => BigInt(input.int32()))],
  [code('K'), literal((input) => BigInt(input.byte()))],
  [code('M'), literal((input) => BigInt(input.unsigned(2)))],
  [code('L'), literal((input) => decimalInteger(input.line().replace(/L$/, '')))],
  [0x8a, literal((input) => input.integer(input.byte()))],
  [0x8b, literal((input) => input.integer(input.unsigned(4)))],
  [code('F'), literal((input) => decimalFloat(input.line()))],
  [code('G'), literal((input) => input.double())],

  [code('V'), literal((input) => rawUnicodeEscaped(input.line()))],
  [0x8c, literal((input) => input.text(input.byte()))],
  [code('X'), literal((input) => input.text(input.unsigned(4)))],
  [0x8d, literal((input) => input.text(input.unsigned(8)))],
  [code('C'), literal((input) => input.bytes(input.byte()))],
  [code('B'), literal((input) => input.bytes(input.unsigned(4)))],
  [0x8e, literal((input) => input.bytes(input.unsigned(8)))],
  [0x96, literal((input) => input.bytes(input.unsigned(8)))],

  [code(']'), (stack) => stack.push([])],
  [code('l'), (stack) => stack.push(stack.sinceMark())],
  [code('a'), (stack) => stack.append([stack.pop()])],
  [code('e'), (stack) => stack.append(stack.sinceMark())],
  [code(')'), (stack) => stack.push([])],
  [code('t'), (stack) => stack.push(stack.sinceMark())],
  [0x85, (stack) => stack.push(stack.take(1))],
  [0x86, (stack) => stack.push(stack.take(2))],
  [0x87, (stack) => stack.push(stack.take(3))],
  [code('}'), (stack) => stack.pushDict([])],
  [code('d'), (stack) => stack.pushDict(stack.sinceMark())],
  [code('s'), (stack) => stack.setItems(stack.take(2))],
  [code('u'), (stack) => stack.setItems(stack.sinceMark())],

  [code('p'), (stack, input) => stack.remember(lineIndex(input.line()))],
  [code('q'), (stack, input) => stack.remember(input.byte())],
  [code('r'), (stack, input) => stack.remember(input.unsigned(4))],
  [0x94, (stack) => stack.rememberNext()],
  [code('g'), (stack, input) => stack.recall(lineIndex(input.line()))],
  [code('h'), (stack, input) => stack.recall(input.byte())],
  [code('j'), (stack, input) => stack.recall(input.unsigned(4))],
]);

/** Opcodes that import, call or build something, or ask for an object of the program that reads. */
const objectOpcodes: ReadonlyMap<number, string> = new Map([
  ...([...'cRbioPQ'] as const).map((name) => [code(name), objectNames(name)] as const),
  ...([0x81, 0x92] as const).map((opcode) => [opcode, 'NEWOBJ'] as const),
  ...([0x82, 0x83, 0x84] as const).map((opcode) => [opcode, 'EXT'] as const),
  [0x93, 'STACK_GLOBAL'],
]);

function objectNames(name: string): string {
  const names: Readonly<Record<string, string>> = {
    c: 'GLOBAL',
    R: 'REDUCE',
    b: 'BUILD',
    i: 'INST',
    o: 'OBJ',
    P: 'PERSID',
    Q: 'BINPERSID',
  };
  return names[name]!;
}

const unsupportedOpcodes: ReadonlyMap<number, string> = new Map([
  ...([0x8f, 0x90, 0x91] as const).map((opcode) => [opcode, 'sets'] as const),
  ...([0x97, 0x98] as const).map((opcode) => [opcode, 'buffers outside the pickle'] as const),
  ...[...'STU'].map((name) => [code(name), 'texts of Python 2'] as const),
]);

function refusal(opcode: number, position: number): HomeFileFailure {
  const object = objectOpcodes.get(opcode);
  if (object !== undefined)
    return new HomeFileFailure(
      'NEEDS_PYTHON',
      `The pickle holds objects and cannot be read without Python (${object} at byte ${position}).`,
    );
  const unsupported = unsupportedOpcodes.get(opcode);
  if (unsupported !== undefined) return new HomeFileFailure('UNSUPPORTED', `The pickle holds ${unsupported}, which are not read here.`);
  return new HomeFileFailure('DAMAGED', `This is no pickle: no opcode 0x${opcode.toString(16)} (at byte ${position}).`);
}

function requireProtocol(protocol: number): void {
  if (protocol > highestProtocol)
    throw new HomeFileFailure('UNSUPPORTED', `The pickle has protocol ${protocol}; ${highestProtocol} is the newest read here.`);
}

/** `I01` and `I00` are how protocols 0 and 1 write True and False. */
const integerLine = (line: string): PickleValue => booleans[line] ?? decimalInteger(line);

const lineIndex = (line: string): number => {
  if (!/^\d{1,9}$/.test(line)) throw new HomeFileFailure('DAMAGED', 'The pickle refers to a value by something that is no number.');
  return Number(line);
};
