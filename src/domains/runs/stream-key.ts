/** A text that is the same for the same arguments of a stream only. JSON alone has one word for NaN, both infinities and null. */
export const streamKey = (argumentsOfStream: readonly unknown[]): string =>
  JSON.stringify(argumentsOfStream, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : typeof value === 'number' ? String(value) : value,
  );
