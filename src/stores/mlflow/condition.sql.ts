import { join, raw, sql, type Sql } from '../engine/sql.js';
import type { Dialect } from '../engine/dialect.js';
import { clampComparison, type Comparison } from './clamped-double.js';
import { isGiven, type DoubleCondition, type LongCondition, type StringCondition, type TimeCondition } from '../conditions.js';

export const always = raw('1 = 1');
export const never = raw('1 = 0');

/** All of the conditions; an empty list always holds. */
export const allOf = (conditions: readonly Sql[]): Sql => (conditions.length === 0 ? always : sql`(${join(conditions, ' AND ')})`);

/** Any of the conditions; an empty list never holds. */
export const anyOf = (conditions: readonly Sql[]): Sql => (conditions.length === 0 ? never : sql`(${join(conditions, ' OR ')})`);

/**
 * The complement. A comparison with NULL is NULL in SQL, which AND and OR carry as "not true"; only here
 * it must become false first, or rows with NULL would match neither a condition nor its complement.
 */
export const complement = (condition: Sql): Sql => sql`NOT ((${condition}) IS TRUE)`;

export const isNull = (value: Sql, wanted: boolean): Sql => (wanted ? sql`${value} IS NULL` : sql`${value} IS NOT NULL`);

export function stringCondition(dialect: Dialect, value: Sql, condition: StringCondition): Sql {
  const parts: Sql[] = [];
  if (isGiven(condition.eq)) parts.push(dialect.equals(value, condition.eq));
  if (isGiven(condition.neq)) parts.push(sql`NOT (${dialect.equals(value, condition.neq)})`);
  if (isGiven(condition.in)) parts.push(dialect.oneOf(value, condition.in));
  if (isGiven(condition.nin)) parts.push(sql`(${value} IS NOT NULL AND NOT ${dialect.oneOf(value, condition.nin)})`);
  if (isGiven(condition.contains)) parts.push(dialect.contains(value, condition.contains));
  if (isGiven(condition.startsWith)) parts.push(dialect.startsWith(value, condition.startsWith));
  if (isGiven(condition.endsWith)) parts.push(dialect.endsWith(value, condition.endsWith));
  if (isGiven(condition.like)) parts.push(dialect.like(value, condition.like, false));
  if (isGiven(condition.ilike)) parts.push(dialect.like(value, condition.ilike, true));
  if (isGiven(condition.isNull)) parts.push(isNull(value, condition.isNull));
  return allOf(parts);
}

export function longCondition(dialect: Dialect, value: Sql, condition: LongCondition): Sql {
  const parts: Sql[] = [];
  if (isGiven(condition.eq)) parts.push(sql`${value} = ${condition.eq}`);
  if (isGiven(condition.neq)) parts.push(sql`${value} <> ${condition.neq}`);
  if (isGiven(condition.in)) parts.push(sql`${value} IN ${dialect.integers(condition.in)}`);
  if (isGiven(condition.lt)) parts.push(sql`${value} < ${condition.lt}`);
  if (isGiven(condition.lte)) parts.push(sql`${value} <= ${condition.lte}`);
  if (isGiven(condition.gt)) parts.push(sql`${value} > ${condition.gt}`);
  if (isGiven(condition.gte)) parts.push(sql`${value} >= ${condition.gte}`);
  if (isGiven(condition.isNull)) parts.push(isNull(value, condition.isNull));
  return allOf(parts);
}

export function timeCondition(value: Sql, condition: TimeCondition): Sql {
  const parts: Sql[] = [];
  if (isGiven(condition.before)) parts.push(sql`${value} < ${condition.before}`);
  if (isGiven(condition.after)) parts.push(sql`${value} >= ${condition.after}`);
  if (isGiven(condition.isNull)) parts.push(isNull(value, condition.isNull));
  return allOf(parts);
}

/**
 * A condition on a double that SQL holds as (value, nan): value is NULL for NaN, nan says whether it is one.
 * A bound that is NaN never holds, except for `neq`, which always does.
 */
export function doubleCondition(dialect: Dialect, value: Sql, nan: Sql, condition: DoubleCondition): Sql {
  const parts: Sql[] = [];
  const comparison = (asked: Comparison, bound: number) => {
    const [operator, stored] = dialect.hasInfinity ? [asked, bound] : clampComparison(asked, bound);
    return sql`${value} ${raw(operator)} ${stored}`;
  };
  const compare = (operator: Comparison, bound: number) => parts.push(Number.isNaN(bound) ? never : comparison(operator, bound));
  if (isGiven(condition.eq)) compare('=', condition.eq);
  if (isGiven(condition.neq)) {
    parts.push(Number.isNaN(condition.neq) ? sql`(${value} IS NOT NULL OR ${nan})` : sql`(${comparison('<>', condition.neq)} OR ${nan})`);
  }
  if (isGiven(condition.lt)) compare('<', condition.lt);
  if (isGiven(condition.lte)) compare('<=', condition.lte);
  if (isGiven(condition.gt)) compare('>', condition.gt);
  if (isGiven(condition.gte)) compare('>=', condition.gte);
  if (isGiven(condition.isNaN)) parts.push(condition.isNaN ? nan : sql`${value} IS NOT NULL`);
  if (isGiven(condition.isNull)) {
    const present = sql`(${value} IS NOT NULL OR ${nan})`;
    parts.push(condition.isNull ? sql`NOT ${present}` : present);
  }
  return allOf(parts);
}
