import { ConfigError } from '../../config.js';

/** What one source said to a question that went to several. */
interface Answer {
  readonly source: string;
  readonly ok: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The rows of each page. @throws ConfigError when a source did not answer: half a list must not look like a whole one */
export async function* completePages<T>(
  pages: AsyncIterable<{ readonly nodes: readonly T[]; readonly sources: readonly Answer[] }>,
): AsyncGenerator<readonly T[], void, undefined> {
  for await (const { nodes, sources } of pages) {
    requireSources(sources);
    yield nodes;
  }
}

/** @throws ConfigError naming a source that did not answer */
export function requireSources(sources: readonly Answer[]): void {
  const silent = sources.find(({ ok }) => !ok);
  if (!silent?.error) return;
  const { source, error } = silent;
  throw new ConfigError(
    `Source ${source} cannot be read (${error.code}: ${error.message}); nothing was exported. Name the source to export with --source.`,
  );
}
