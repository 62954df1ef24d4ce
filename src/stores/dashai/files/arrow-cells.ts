import type { ArrowType, TimeUnit } from './arrow-schema.js';

/**
 * A value of a column, exact: integers of 64 bits are bigints, smaller ones and floats numbers (NaN and ±Infinity kept),
 * decimals texts, bytes base64. Times are ISO 8601 texts with as many digits as their unit has; a timestamp ends with Z when its
 * column has a time zone and with nothing when it is local; durations are seconds (`PT1.500S`). What no calendar has a date for
 * is the bigint that is stored. Null is null.
 */
export type Cell = null | boolean | number | bigint | string | readonly Cell[] | { readonly [name: string]: Cell };

/** Types whose values all take the same number of bytes. */
export type FixedType = Extract<
  ArrowType,
  { kind: 'int' | 'float' | 'decimal' | 'date' | 'time' | 'duration' | 'timestamp' | 'fixedBinary' }
>;

/** Bytes of one value. */
export function widthOf(type: FixedType): number {
  switch (type.kind) {
    case 'timestamp':
      return 8;
    case 'date':
      return type.unit === 'day' ? 4 : 8;
    case 'fixedBinary':
      return type.bytes;
    default:
      return type.bits / 8;
  }
}

/** Reads the value at a byte. */
export function cellReader(type: FixedType): (view: DataView, at: number) => Cell {
  switch (type.kind) {
    case 'int':
      return integerReader(type);
    case 'float':
      if (type.bits === 16) return (view, at) => halfFloat(view.getUint16(at, true));
      return type.bits === 32 ? (view, at) => view.getFloat32(at, true) : (view, at) => view.getFloat64(at, true);
    case 'decimal':
      return (view, at) => decimalText(signedInteger(view, at, type.bits / 8), type.scale);
    case 'date':
      return type.unit === 'day'
        ? (view, at) => dateText(BigInt(view.getInt32(at, true)) * 86_400n) ?? BigInt(view.getInt32(at, true))
        : (view, at) => dateText(floorDivide(view.getBigInt64(at, true), 1000n)) ?? view.getBigInt64(at, true);
    case 'time':
      return (view, at) => timeText(type.bits === 32 ? BigInt(view.getInt32(at, true)) : view.getBigInt64(at, true), type.unit);
    case 'timestamp':
      return (view, at) => timestampText(view.getBigInt64(at, true), type.unit, type.timeZone !== null);
    case 'duration':
      return (view, at) => durationText(view.getBigInt64(at, true), type.unit);
    case 'fixedBinary':
      return (view, at) => Buffer.from(view.buffer, view.byteOffset + at, type.bytes).toString('base64');
  }
}

function integerReader({ bits, signed }: FixedType & { kind: 'int' }): (view: DataView, at: number) => number | bigint {
  switch (bits) {
    case 8:
      return signed ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at);
    case 16:
      return signed ? (view, at) => view.getInt16(at, true) : (view, at) => view.getUint16(at, true);
    case 32:
      return signed ? (view, at) => view.getInt32(at, true) : (view, at) => view.getUint32(at, true);
    case 64:
      return signed ? (view, at) => view.getBigInt64(at, true) : (view, at) => view.getBigUint64(at, true);
  }
}

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function signedInteger(view: DataView, at: number, bytes: number): bigint {
  const hex = Buffer.from(new Uint8Array(view.buffer, view.byteOffset + at, bytes))
    .reverse()
    .toString('hex');
  return BigInt.asIntN(bytes * 8, BigInt(`0x${hex}`));
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return `${unscaled}${unscaled === 0n ? '' : '0'.repeat(Math.min(-scale, 100))}`;
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const digitsOf: Readonly<Record<TimeUnit, number>> = { s: 0, ms: 3, us: 6, ns: 9 };

/** Whole seconds, rounded down, and the digits of the rest. */
function splitSeconds(value: bigint, unit: TimeUnit): { seconds: bigint; fraction: string } {
  const perSecond = 10n ** BigInt(digitsOf[unit]);
  const seconds = floorDivide(value, perSecond);
  const rest = String(value - seconds * perSecond).padStart(digitsOf[unit], '0');
  return { seconds, fraction: unit === 's' ? '' : `.${rest}` };
}

const floorDivide = (value: bigint, by: bigint): bigint => (value >= 0n ? value / by : -((-value + by - 1n) / by));

// What a Date can hold, in seconds.
const maxSeconds = 8_640_000_000_000n;

const isoText = (seconds: bigint): string | null =>
  seconds < -maxSeconds || seconds > maxSeconds ? null : new Date(Number(seconds) * 1000).toISOString();

const dateText = (seconds: bigint): string | null => isoText(seconds)?.split('T')[0] ?? null;

function timestampText(value: bigint, unit: TimeUnit, isUtc: boolean): string | bigint {
  const { seconds, fraction } = splitSeconds(value, unit);
  const text = isoText(seconds);
  return text === null ? value : `${text.slice(0, -'.000Z'.length)}${fraction}${isUtc ? 'Z' : ''}`;
}

function timeText(value: bigint, unit: TimeUnit): string | bigint {
  const { seconds, fraction } = splitSeconds(value, unit);
  return seconds < 0n || seconds >= 86_400n ? value : `${isoText(seconds)!.slice(11, 19)}${fraction}`;
}

function durationText(value: bigint, unit: TimeUnit): string {
  const { seconds, fraction } = splitSeconds(value < 0n ? -value : value, unit);
  return `${value < 0n ? '-' : ''}PT${seconds}${fraction}S`;
}
