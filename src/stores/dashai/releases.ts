import type { HomeLayout } from './home-layout.js';
import { dashaiTables } from './tables.js';

/** What only releases from one on have, the newest first. Revisions of alembic are no sign: two releases gave one name to two of them. */
const signs: readonly (readonly [release: string, table: string, column?: string])[] = [
  ['0.10 or newer', 'metric', 'std_value'],
  ['0.9.7', 'parameter_history', 'model_name'],
  ['0.9.5 or 0.9.6', 'folder'],
  ['0.9.4', 'datafile'],
  ['0.9.0 to 0.9.3', 'model_session'],
];

/** The release of DashAI a database looks like, by its tables and columns. */
export const releaseOf = ({ has }: HomeLayout): string => signs.find(([, table, column]) => has(table, column))?.[0] ?? 'unknown';

// Known, and left alone: see `dashaiTables`.
const notRead: Readonly<Record<string, readonly string[]>> = {
  dataset: ['folder_id'],
  run: ['split_indexes', 'artifacts', 'run_path', 'model_artifacts_path', 'model_artifacts_status'],
  model_session: [
    'preprocessing',
    'input_column_refs',
    'preprocessing_status',
    'preprocessing_error',
    'preprocessing_artifacts_path',
    'preprocessing_job_id',
  ],
  global_explainer: ['huey_id'],
  local_explainer: ['huey_id'],
  generative_session: ['index_job_id'],
};
const tablesNotRead: readonly string[] = [
  'alembic_version',
  'credential',
  'custom_component',
  'datafile',
  'folder',
  'report',
  'statistical_test',
  'document',
  'chunk',
  'processed_document_content',
];

/** How a database differs from what is known here. Nothing of it is an error. */
export interface HomeDifferences {
  /** `table` or `table.column` that would be answered and is not there: its values are null, its lists empty. */
  readonly missing: readonly string[];
  /** `table` or `table.column` that this version has never heard of: it is not answered. */
  readonly unknown: readonly string[];
}

export function differencesOf({ has, columns }: HomeLayout): HomeDifferences {
  const known = new Map(
    Object.values(dashaiTables).map(({ table, columns: of }): readonly [string, readonly string[]] => {
      const named: readonly { readonly column: string }[] = Object.values(of);
      return [table, ['id', ...named.map(({ column }) => column)]];
    }),
  );
  const missing = [...known].flatMap(([table, names]) =>
    has(table) ? names.filter((name) => !has(table, name)).map((name) => `${table}.${name}`) : [table],
  );
  const unknown = [...columns].flatMap(([table, names]) => {
    if (!known.has(table)) return tablesNotRead.includes(table) || table.startsWith('rag_') ? [] : [table];
    return [...names]
      .filter((name) => !known.get(table)!.includes(name) && !notRead[table]?.includes(name))
      .map((name) => `${table}.${name}`);
  });
  return { missing, unknown };
}
