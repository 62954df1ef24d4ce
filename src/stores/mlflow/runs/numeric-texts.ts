import { parseNumber } from '../../../core/number-text.js';
import { compareCodePoints } from '../../../core/text.js';
import { isGiven, matchesDouble, type DoubleCondition } from '../../conditions.js';
import { join, raw, sql } from '../../engine/sql.js';
import type { RunFilter, RunOrder } from '../../run-store.js';
import type { MlflowDatabase } from '../layout.js';

type Table = 'params' | 'tags';

/**
 * Numbers that stand in text columns. SQL engines disagree on what text is a number and SQLite's reading of decimals
 * is not exact, so the distinct texts of a key are read first and understood by `parseNumber`, like `Param.number`.
 */
export interface NumericTexts {
  /** Texts of the key for which the condition holds. */
  matching(table: Table, key: string, condition: DoubleCondition): string[];
  /** Texts of the param that are numbers, NaN left out, and their numbers. */
  numbers(key: string): { readonly texts: string[]; readonly numbers: number[] };
  /** Texts of the param that mean NaN. */
  nans(key: string): string[];
}

/** Reads the texts of every key that the filter or the order wants as a number, in one statement, or none when there is no such key. */
export async function readNumericTexts(database: MlflowDatabase, filter: RunFilter, orderBy: readonly RunOrder[]): Promise<NumericTexts> {
  const keys = { params: new Set<string>(), tags: new Set<string>() };
  collectKeys(filter, keys);
  for (const order of orderBy) if (order.by === 'param' && order.as === 'NUMBER') keys.params.add(order.key);

  const { byCodePoint, oneOf } = database.dialect;
  const texts = new Map<string, string[]>();
  const selects = (['params', 'tags'] as const)
    .filter((table) => keys[table].size > 0)
    .map(
      (table) =>
        sql`SELECT DISTINCT ${raw(`'${table}'`)} AS kind, ${byCodePoint(sql`t.key`)}, ${byCodePoint(sql`COALESCE(t.value, '')`)} FROM ${raw(table)} t WHERE ${oneOf(sql`t.key`, [...keys[table]])}`,
    );
  if (selects.length > 0) {
    for (const [table, key, value] of await database.db.all(sql`/* mlflow.numericTexts */ ${join(selects, ' UNION ALL ')}`)) {
      const name = `${String(table)} ${String(key)}`;
      if (!texts.has(name)) texts.set(name, []);
      texts.get(name)!.push(value as string);
    }
  }
  const of = (table: Table, key: string) => (texts.get(`${table} ${key}`) ?? []).sort(compareCodePoints);
  return {
    matching: (table, key, condition) => of(table, key).filter((text) => matchesDouble(condition, parseNumber(text))),
    numbers(key) {
      const numeric = of('params', key).filter((text) => !Number.isNaN(parseNumber(text) ?? NaN));
      return { texts: numeric, numbers: numeric.map((text) => parseNumber(text)!) };
    },
    nans: (key) => of('params', key).filter((text) => Number.isNaN(parseNumber(text) ?? 0)),
  };
}

function collectKeys(filter: RunFilter, keys: { params: Set<string>; tags: Set<string> }): void {
  if (isGiven(filter.param?.number)) keys.params.add(filter.param.key);
  if (isGiven(filter.tag?.number)) keys.tags.add(filter.tag.key);
  for (const inner of [...(filter.and ?? []), ...(filter.or ?? []), ...(filter.not ? [filter.not] : [])]) collectKeys(inner, keys);
}
