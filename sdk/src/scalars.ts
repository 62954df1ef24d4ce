import type { Shape } from './document.js';

type Decode = (value: never) => unknown;

// A field that two fragments select is decoded twice: what is decoded already stays as it is.
const decoders: Readonly<Record<string, Decode>> = {
  L: (value: number | string) => BigInt(value),
  LL: (value: (number | string)[]) => (ArrayBuffer.isView(value) ? value : BigInt64Array.from(value, BigInt)),
  // Number('NaN'), Number('-Infinity') and Number('-0') are what they say.
  D: Number,
  DD: (value: (number | string)[]) => (ArrayBuffer.isView(value) ? value : Float64Array.from(value, Number)),
  T: (value: string) => new Date(value),
};

/**
 * Decodes the scalars of an answer, in place: its shape says where they are. Columns of Long become `BigInt64Array`,
 * columns of Double `Float64Array`.
 */
export function decode(value: unknown, shape: Shape): void {
  if (Array.isArray(value)) return value.forEach((item) => decode(item, shape));
  if (value === null || typeof value !== 'object') return;
  const object = value as Record<string, unknown>;
  for (const [field, at] of Object.entries(shape)) {
    if (Array.isArray(at)) for (const { shape: more } of at as { shape: Shape }[]) decode(object, more);
    else if (object[field] === null || object[field] === undefined) continue;
    else if (typeof at === 'string') object[field] = decoders[at]!(object[field] as never);
    else decode(object[field], at as Shape);
  }
}

/** The body of a request. JSON has no NaN, ±Infinity, -0, 64-bit integers or typed arrays; the API takes the first as texts. */
export const encode = (body: object): string =>
  JSON.stringify(body, (_name, value: unknown) => {
    if (typeof value === 'number')
      return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
    if (typeof value === 'bigint') return String(value);
    return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number | bigint>) : value;
  });
