import { Args, ArgsType, Ctx, Field, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { artifactAddress } from '../../core/artifact-path.js';
import { fail } from '../../core/errors.js';
import { Connection } from '../../schema-kit/connection.js';
import { Run } from '../../schema-kit/entities.js';
import { checkPageSize } from '../../schema-kit/page-cursors.js';
import type { DigestBudget } from '../../stores/artifacts/artifact-digests.js';
import { entryKey, type ArtifactEntry } from '../../stores/artifacts/artifact-store.js';
import { isGiven } from '../../stores/conditions.js';
import { Artifact, ArtifactConnection } from './artifact.type.js';
import type { Context } from './context.js';
import type { RunNode } from './run-node.js';

const defaultArtifacts = 200;
const cursorKind = 'artifacts';

@ArgsType()
class ArtifactsArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'What is directly below this folder of the run; below its own when absent or empty. Of a file: that file alone. Names with slashes between them; `..` and everything else that could lead elsewhere is BAD_USER_INPUT.',
  })
  readonly path?: string | null;
  @Field(() => Int, { nullable: true, defaultValue: defaultArtifacts, description: 'Rows from the start, or after `after`: 0 to 1,000.' })
  readonly first?: number | null;
  @Field(() => String, {
    nullable: true,
    description: 'Only rows after this cursor, of the same run and path; CURSOR_INVALID for any other.',
  })
  readonly after?: string | null;
}

/** An artifact as resolvers pass it on. */
interface ArtifactNode extends Artifact {
  readonly run: RunNode;
  readonly names: readonly string[];
  readonly entry: ArtifactEntry;
}

@Resolver(() => Run)
export class RunArtifactsResolver {
  // Nullable: one run whose artifacts cannot be reached must not take a page of runs with it.
  @FieldResolver(() => ArtifactConnection, {
    nullable: true,
    description:
      'Files and folders the run keeps, by name (that of a folder ends with a slash, as object stores order them). Of a run that keeps nothing an empty page. Null beside an error: NOT_FOUND when there is no such path, SOURCE_UNAVAILABLE with the reason when the place cannot be reached, is of a kind that is not known here (folders, `file:`, `s3:` and `mlflow-artifacts:` are), or lies outside of what this server may read of the source.',
  })
  artifacts(@Root() run: RunNode, @Args(() => ArtifactsArgs) args: ArtifactsArgs, @Ctx() context: Context) {
    return artifactPage(run, args, context);
  }
}

@Resolver(() => Artifact)
export class ArtifactResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'SHA-256 of the file, 64 small hexadecimal digits, made when it is selected and remembered while the file stays as it is. Null for folders and for files of more than 256 MiB. QUERY_TOO_COMPLEX when one request asks for it of more than 1 GiB.',
  })
  sha256(@Root() { run, names, entry }: ArtifactNode, @Ctx() context: Context) {
    return context.stores.artifacts.digest(run, names, entry, context.once(createDigestBudget));
  }
}

const createDigestBudget = (): DigestBudget => ({ bytes: 0 });

async function artifactPage(run: RunNode, { path, first, after }: ArtifactsArgs, context: Context): Promise<Connection<ArtifactNode>> {
  const { artifacts } = context.stores;
  const { source, nativeId } = run;
  // One slash at the end is no other folder.
  const folderPath = (path ?? '').replace(/\/$/, '');
  const limit = checkPageSize(first ?? defaultArtifacts, 'first');
  const page = await artifacts.list(run, path ?? '', { limit, after: readCursor(context, run, folderPath, after) });
  const nodes = page.entries.map((entry): ArtifactNode => {
    const names = [...page.folder, entry.name];
    const { isDirectory, bytes, modifiedAt } = entry;
    const url = isDirectory ? null : artifactAddress(source, nativeId, names);
    return { run, names, entry, path: names.join('/'), isDirectory, bytes, modifiedAt, url };
  });
  return new Connection({
    nodes,
    cursorOf: (index) => context.cursors.encode(cursorKind, [source, nativeId, folderPath, entryKey(page.entries[index]!)]),
    hasNextPage: page.hasMore,
    hasPreviousPage: isGiven(after),
    sources: [{ source, ok: true, error: null }],
    count: () => artifacts.count(run, path ?? ''),
  });
}

function readCursor({ cursors }: Context, run: RunNode, path: string, after?: string | null): string | null {
  if (!isGiven(after)) return null;
  const [source, nativeId, ofPath, key] = cursors.decode(cursorKind, after, 'after') as [string, string, string, string];
  if (source === run.source && nativeId === run.nativeId && ofPath === path) return key;
  throw fail('CURSOR_INVALID', 'The cursor is of another run or path; ask again without it.', { argument: 'after' });
}
