import type { RegistryOutcome } from './import-registry-writes.js';
import type { CopyNeeds } from './import-runs.js';
import type { ImportConflict, ImportSummary } from './import.js';

const modelsPerPage = 100;
const versionsPerPage = 500;

/** Copies registered models with their versions, tags and aliases. */
export async function copyModels(needs: CopyNeeds, names: readonly string[]): Promise<Pick<ImportSummary, 'models' | 'versions'>> {
  const { from, into, begun } = needs;
  const models = { read: 0, written: 0 };
  const versions = { read: 0, written: 0 };
  for (let start = 0; start < names.length; start += modelsPerPage) {
    const rows = await from.read('modelRows', names.slice(start, start + modelsPerPage));
    const placed = rows.map((row) => ({ row, localName: begun.modelNames.get(row.name)! }));
    const outcome = await into.write('importModels', { importId: begun.importId, models: placed });
    tell(needs, 'model', outcome);
    models.read += rows.length;
    models.written += outcome.written;
    for (const { row, localName } of placed.filter((model) => !outcome.conflicts.includes(model.localName))) {
      const copied = await copyVersions(needs, row.name, localName);
      versions.read += copied.read;
      versions.written += copied.written;
    }
  }
  return { models, versions };
}

async function copyVersions(needs: CopyNeeds, name: string, localName: string): Promise<ImportSummary['versions']> {
  const { from, into, begun } = needs;
  let [read, written] = [0, 0];
  for (let after = 0n; ;) {
    const versions = await from.read('versionRows', { name, after, limit: versionsPerPage });
    if (versions.length > 0) {
      const outcome = await into.write('importVersions', { importId: begun.importId, localName, versions });
      tell(needs, 'version', outcome);
      read += versions.length;
      written += outcome.written;
    }
    if (versions.length < versionsPerPage) return { read, written };
    after = versions.at(-1)!.version;
  }
}

function tell({ onConflict }: CopyNeeds, kind: ImportConflict['kind'], { conflicts }: RegistryOutcome): void {
  for (const id of conflicts) {
    onConflict({ kind, id, code: 'CONFLICT', message: 'It is here already and did not come from there.' });
  }
}
