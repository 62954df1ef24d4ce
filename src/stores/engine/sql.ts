/** A value a statement binds or returns. NaN is not among them: SQLite turns it into NULL. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** One statement with its bound values; made by the `sql` tag, never by joining strings. */
export interface Statement {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** A piece of SQL that may carry values and be put into another with `${…}`. */
export class Sql implements Statement {
  constructor(
    readonly text: string,
    readonly values: readonly SqlValue[],
  ) {}
}

/**
 * Builds SQL: `${value}` becomes a bound parameter, `${otherSql}` is put in as it is.
 * Placeholders are `?`; an engine that numbers them does so when it prepares the statement.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly (SqlValue | Sql)[]): Sql {
  let text = strings[0]!;
  const values: SqlValue[] = [];
  parts.forEach((part, index) => {
    if (part instanceof Sql) {
      text += part.text;
      values.push(...part.values);
    } else {
      text += '?';
      values.push(part);
    }
    text += strings[index + 1]!;
  });
  return new Sql(text, values);
}

/** SQL that is written in this code base: identifiers and keywords, never anything a user sent. */
export const raw = (text: string): Sql => new Sql(text, []);

export const nothing = raw('');

/** Puts a separator between pieces: `join(conditions, ' AND ')`. */
export function join(parts: readonly Sql[], separator = ', '): Sql {
  return new Sql(
    parts.map((part) => part.text).join(separator),
    parts.flatMap((part) => part.values),
  );
}

/**
 * What store code needs of a database, whatever the engine.
 * Rows are arrays in the order of the select list; every integer is a `bigint`.
 */
export interface Database {
  /** All rows of one short read; the cursor is closed when this resolves. */
  all(statement: Statement): Promise<SqlValue[][]>;
  /** Runs a write; answers the number of rows changed. */
  run(statement: Statement): Promise<number>;
}
