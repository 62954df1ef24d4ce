type Numbers = readonly number[] | readonly bigint[];

/** Bytes of a value and how it is read; Plotly's names are numpy's, little-endian. */
const kinds: Readonly<Record<string, readonly [bytes: number, read: (view: DataView, at: number) => number | bigint]>> = {
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i4: [4, (view, at) => view.getInt32(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
  i8: [8, (view, at) => view.getBigInt64(at, true)],
  u8: [8, (view, at) => view.getBigUint64(at, true)],
  f4: [4, (view, at) => view.getFloat32(at, true)],
  f8: [8, (view, at) => view.getFloat64(at, true)],
};

/**
 * Replaces the typed arrays `{ dtype, bdata, shape? }` of a Plotly figure, wherever they stand, by arrays of numbers, exact to
 * the bit: NaN and ±Infinity stay numbers, 64-bit integers become bigints. With a shape of several dimensions (`"4, 4"`) it is
 * an array of arrays. What is not what it says (another dtype, no base64, another length) stays as it is.
 * A figure of more than 1 MB belongs into a thread.
 */
export function decodeTypedArrays(content: unknown): unknown {
  if (Array.isArray(content)) return content.map(decodeTypedArrays);
  if (typeof content !== 'object' || content === null) return content;
  const decoded = decode(content);
  if (decoded !== null) return decoded;
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, decodeTypedArrays(value)]));
}

function decode(content: { dtype?: unknown; bdata?: unknown; shape?: unknown }): unknown {
  const { dtype, bdata, shape } = content;
  if (typeof dtype !== 'string' || typeof bdata !== 'string' || !Object.hasOwn(kinds, dtype)) return null;
  const bytes = /^[A-Za-z\d+/]*={0,2}$/.test(bdata) ? Buffer.from(bdata, 'base64') : null;
  const [width, read] = kinds[dtype]!;
  if (bytes === null || bytes.length % width !== 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = Array.from({ length: bytes.length / width }, (_, index) => read(view, index * width)) as Numbers;
  return shape === undefined ? numbers : folded(numbers, dimensions(shape));
}

/** Plotly writes a shape as text, numpy's users as a list. */
function dimensions(shape: unknown): readonly number[] {
  const parts: readonly unknown[] = Array.isArray(shape) ? shape : String(shape).split(',');
  return parts.map((part) => (/^\s*\d{1,9}\s*$/.test(String(part)) ? Number(part) : NaN));
}

/** Rows of rows, the last dimension innermost; null when the numbers are not as many as the shape says. */
function folded(numbers: Numbers, [outer = NaN, ...inner]: readonly number[]): unknown {
  const size = inner.reduce((product, length) => product * length, 1);
  if (inner.length > 3 || outer * size !== numbers.length) return null;
  if (inner.length === 0) return numbers;
  return Array.from({ length: size === 0 ? 0 : outer }, (_, index) =>
    folded(numbers.slice(index * size, (index + 1) * size) as Numbers, inner),
  );
}
