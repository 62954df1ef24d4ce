import type { ModelVersion, ModelVersionsQueryVariables, RunGraph } from '@rungraph/sdk';
import { completePages } from './pages.js';
import type { Column } from './table.js';
import type { ColumnGroup, WideRow } from './wide-table.js';

const versionsPerPage = 200;

/** Versions of registered models that match, as the API has them, page by page. */
export const versionPages = (client: RunGraph, filter: ModelVersionsQueryVariables['filter']): AsyncGenerator<readonly ModelVersion[]> =>
  completePages(
    client.modelVersions.pages({
      filter,
      first: versionsPerPage,
      orderBy: [
        { field: 'NAME', direction: 'ASC' },
        { field: 'VERSION', direction: 'ASC' },
      ],
    }),
  );

export const versionColumns: readonly Column[] = [
  { name: 'source', type: 'text' },
  { name: 'model', type: 'text' },
  { name: 'version', type: 'integer' },
  { name: 'uri', type: 'text' },
  { name: 'stage', type: 'text' },
  { name: 'aliases', type: 'text' },
  { name: 'status', type: 'text' },
  { name: 'status_message', type: 'text' },
  { name: 'description', type: 'text' },
  { name: 'user', type: 'text' },
  { name: 'source_uri', type: 'text' },
  { name: 'storage_location', type: 'text' },
  { name: 'run_link', type: 'text' },
  { name: 'run_id', type: 'text' },
  { name: 'run_name', type: 'text' },
  { name: 'created_at', type: 'time' },
  { name: 'updated_at', type: 'time' },
];

export const versionGroups: readonly ColumnGroup[] = [{ name: 'tags', type: 'text' }];

/** A version as a row of these columns; aliases, which hold no comma, stand in one text. */
export const toVersionRow = (version: ModelVersion): WideRow => ({
  fixed: [
    version.model.sourceName,
    version.model.name,
    BigInt(version.version),
    version.uri,
    version.stage,
    version.aliases.length > 0 ? version.aliases.join(',') : null,
    version.status,
    version.statusMessage,
    version.description,
    version.user,
    version.sourceUri,
    version.storageLocation,
    version.runLink,
    version.run?.nativeId ?? null,
    version.run?.name ?? null,
    version.createdAt,
    version.updatedAt,
  ],
  groups: { tags: new Map(version.tags.map(({ key, value }) => [key, value])) },
});
