import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readMigrations } from '../../../src/stores/engine/migrations.js';
import { migrateSqlite } from '../../../src/stores/engine/sqlite/migrate.js';
import { openForeign, type SqliteHandle } from '../../../src/stores/engine/sqlite/open.js';
import { largeFixture, root } from '../../kit/optional.js';

interface Column {
  readonly table: string;
  readonly name: string;
  readonly isRequired: boolean;
}

/** Columns, relations, and names of unique keys and indexes, as the models say them. */
function readModels(): { columns: Column[]; relations: string[]; names: string[] } {
  const text = readFileSync(join(root, 'prisma/dashai/models.prisma'), 'utf8');
  const models = [...text.matchAll(/^model (\w+) \{(.*?)^\}/gms)].map(([, name, body]) => ({ name: name!, body: body! }));
  const tableOf = new Map(models.map(({ name, body }) => [name, /@@map\("(\w+)"\)/.exec(body)![1]!]));
  const columns: Column[] = [];
  const relations: string[] = [];
  for (const { name: model, body } of models) {
    const table = tableOf.get(model)!;
    const columnOf = new Map<string, string>();
    for (const [, field, type, optional, rest] of body.matchAll(/^ {2}(\w+) +(String|Int|BigInt|Float|Boolean)(\??)(.*)$/gm)) {
      columnOf.set(field!, /@map\("(\w+)"\)/.exec(rest!)?.[1] ?? field!);
      columns.push({ table, name: columnOf.get(field!)!, isRequired: optional === '' });
      expect(type).toBeTruthy();
    }
    for (const [, target, field, onDelete, name] of body.matchAll(
      / (\w+)\?? +@relation\(fields: \[(\w+)\], .*onDelete: (\w+), .*map: "(\w+)"\)/g,
    )) {
      relations.push(
        `${name} ${table}.${columnOf.get(field!)} ${tableOf.get(target!)} ${onDelete === 'Cascade' ? 'CASCADE' : 'NO ACTION'}`,
      );
    }
  }
  const names = [...text.matchAll(/@(?:unique|@index)\(.*?map: "(\w+)"\)/g)].map(([, name]) => name!);
  return { columns, relations, names };
}

describe('the DashAI database that the migrations make', () => {
  let folder: string;
  let handle: SqliteHandle;
  const all = (query: string) => handle.prepare(query).raw(true).all() as unknown[][];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rungraph-dashai-models-'));
    const path = join(folder, 'dashai.db');
    migrateSqlite(path, readMigrations('dashai', 'sqlite'));
    handle = openForeign(path);
  });
  afterAll(() => {
    handle.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every column of the models, and no other', () => {
    const columns = all(
      `SELECT t.name, c.name, c."notnull" FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name <> '_prisma_migrations'`,
    ).map(([table, name, required]) => ({ table, name, isRequired: required === 1n }) as Column);
    const sorted = (list: readonly Column[]) => list.map(({ table, name, isRequired }) => `${table}.${name} ${isRequired}`).sort();
    expect(sorted(columns)).toEqual(sorted(readModels().columns));
  });

  it('has every relation of the models under its name, and no other', () => {
    const tables = new Map(all(`SELECT name, sql FROM sqlite_master WHERE type = 'table'`) as [string, string][]);
    const relations = [...tables.keys()].flatMap((table) =>
      all(`SELECT "table", "from", on_delete FROM pragma_foreign_key_list('${table}')`).map(([target, column, onDelete]) => {
        const name = new RegExp(`CONSTRAINT (\\w+) FOREIGN KEY\\(${column as string}\\)`).exec(tables.get(table)!)?.[1];
        return [name, `${table}.${column as string}`, target, onDelete].join(' ');
      }),
    );
    expect(relations.sort()).toEqual(readModels().relations.sort());
  });

  it('has every unique key and index of the models under its name', () => {
    const text = all('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL').join('\n');
    for (const name of readModels().names) expect(text).toContain(name);
  });

  it("names the revision that DashAI's own migrations go on from", () => {
    expect(all('SELECT version_num FROM alembic_version')).toEqual([['b4f9e70098e7']]);
  });

  const ddl = largeFixture('dashai/0.9.3/schema.sql');
  it.skipIf(!ddl)('is what DashAI 0.9.3 makes, statement by statement', () => {
    const statements = (text: string) =>
      text
        .split(';')
        .map((one) =>
          one
            .replace(/"(\w+)"/g, '$1')
            .replace(/\s+/g, ' ')
            .trim(),
        )
        .filter((one) => one !== '')
        .sort();
    const made = all(
      `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'rungraph\\_%' ESCAPE '\\' AND name <> '_prisma_migrations'`,
    );
    expect(statements(made.join(';'))).toEqual(statements(readFileSync(ddl!, 'utf8')));
  });
});
