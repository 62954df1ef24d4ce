/** The largest finite double, which is what MLflow's tables hold for ±Infinity. */
const clampedInfinity = Number.MAX_VALUE;

/** A value as MLflow's tables hold it: NaN is (0, true), ±Infinity is ±1.7976931348623157e308, -0 is 0. */
export interface StoredValue {
  readonly value: number;
  readonly isNan: boolean;
}

/** Turns a double into MLflow's stored form. */
export function toStoredValue(value: number): StoredValue {
  if (Number.isNaN(value)) return { value: 0, isNan: true };
  if (value === Infinity) return { value: clampedInfinity, isNan: false };
  if (value === -Infinity) return { value: -clampedInfinity, isNan: false };
  return { value: value === 0 ? 0 : value, isNan: false };
}

/**
 * Reads MLflow's stored form.
 * A metric that really had the largest double cannot be told from an infinity there; we read it as the infinity,
 * which is the far more likely thing to have been logged.
 */
export function fromStoredValue(value: number, isNan: boolean): number {
  if (isNan) return NaN;
  if (value === clampedInfinity) return Infinity;
  if (value === -clampedInfinity) return -Infinity;
  return value;
}
