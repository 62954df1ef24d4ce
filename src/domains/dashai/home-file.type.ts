import { Args, ArgsType, Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root, type ClassType } from 'type-graphql';
import { fail } from '../../core/errors.js';
import { JSONValue, Long } from '../../schema-kit/scalars.js';
import type { DatasetFiles } from '../../stores/dashai/files/dataset-files.js';
import type { FromFile } from '../../stores/dashai/home-files.js';
import type { Context } from './context.js';
import { jsonValue } from './json-value.js';

/** Rows one answer may have. */
const maxRows = 1_000;

@ObjectType({ simpleResolvers: true, description: 'A column of a dataset.' })
export class DashaiColumn {
  @Field(() => String, { description: 'Name.' }) readonly name!: string;
  @Field(() => String, { nullable: true, description: "DashAI's type: `Float`, `Integer`, `Categorical`, `Text`, …" })
  readonly dashaiType!: string | null;
  @Field(() => JSONValue, { nullable: true, description: 'All that DashAI says about the type, such as its categories.' })
  readonly details!: unknown;
  @Field(() => String, { description: 'How the values are stored (Arrow): `double`, `string`, `dictionary<string>`, …' })
  readonly arrowType!: string;
  @Field(() => Boolean, { description: 'Whether values may be missing.' }) readonly nullable!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'How many rows each part of a dataset has that came with a split.' })
export class DashaiSplitSizes {
  @Field(() => Int, { nullable: true, description: 'Rows to train on.' }) readonly train!: number | null;
  @Field(() => Int, { nullable: true, description: 'Rows to validate on.' }) readonly validation!: number | null;
  @Field(() => Int, { nullable: true, description: 'Rows to test on.' }) readonly test!: number | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What DashAI worked out about a dataset, each part as DashAI wrote it; null where it wrote none.',
})
export class DashaiStatistics {
  @Field(() => JSONValue, { nullable: true, description: 'Rows, columns, memory, duplicates.' }) readonly generalInfo!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Statistics of numeric columns.' }) readonly numericStats!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Statistics of categorical columns.' }) readonly categoricalStats!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Statistics of columns of texts.' }) readonly textStats!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'What is wrong with the data.' }) readonly qualityInfo!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'Correlations of columns.' }) readonly correlations!: unknown;
  @Field(() => JSONValue, { nullable: true, description: 'How many values are missing, by column.' }) readonly nan!: unknown;
}

@ObjectType({ simpleResolvers: true, description: 'The files of a dataset.' })
export class DashaiFiles {
  @Field(() => [DashaiColumn], { description: 'Its columns.' }) readonly columns!: readonly DashaiColumn[];
  @Field(() => Long, { description: 'Its rows.' }) readonly rowCount!: number;
  @Field(() => DashaiSplitSizes, { nullable: true, description: 'Sizes of its parts; null when it came without a split.' })
  readonly splitSizes!: DashaiSplitSizes | null;
  @Field(() => DashaiStatistics, { nullable: true, description: 'What DashAI worked out about it; null when it wrote nothing.' })
  readonly statistics!: DashaiStatistics | null;
}

@ObjectType({ simpleResolvers: true, description: 'Some rows of a dataset.' })
export class DashaiRows {
  @Field(() => [DashaiColumn], { description: 'The columns.' }) readonly columns!: readonly DashaiColumn[];
  @Field(() => [[JSONValue]], {
    nullable: 'items',
    description:
      'The rows, cells in the order of the columns. NaN, ±Infinity and integers beyond 2^53 are texts, times ISO texts, bytes base64.',
  })
  readonly rows!: unknown[][];
}

@ArgsType()
export class RowsArgs {
  @Field(() => Int, { nullable: true, defaultValue: 0, description: 'Rows to pass over.' }) readonly offset?: number | null;
  @Field(() => Int, { nullable: true, defaultValue: 10, description: 'Rows at most: 0 to 1,000.' }) readonly limit?: number | null;
}

/** A row that says where the files of a dataset are. */
interface WithFiles {
  readonly source: string;
}

/**
 * Adds `files` and `rows` to a type.
 * @param pathOf where the row says the folder is; null and empty: there is none yet
 */
export function fileFields<Value extends WithFiles>(type: () => ClassType, pathOf: (value: Value) => string | null): ClassType {
  @Resolver(type)
  class FilesResolver {
    @FieldResolver(() => DashaiFiles, { nullable: true, description: 'What its files say of it; null when the home has none.' })
    async files(@Root() value: Value, @Ctx() context: Context): Promise<DatasetFiles | null> {
      const path = pathOf(value);
      if (!path) return null;
      const [read] = await context.stores.dashai.inHome(value.source, (home) => home.datasetFiles([path]));
      const files = readable(read!, value.source);
      return files && { ...files, statistics: files.statistics && (jsonValue(files.statistics) as typeof files.statistics) };
    }

    @FieldResolver(() => DashaiRows, {
      nullable: true,
      description: 'Some of its rows, read from its Arrow file; null when the home has none.',
    })
    async rows(@Root() value: Value, @Ctx() context: Context, @Args(() => RowsArgs) { offset, limit }: RowsArgs) {
      const path = pathOf(value);
      const range = { offset: within(offset ?? 0, Number.MAX_SAFE_INTEGER, 'offset'), limit: within(limit ?? 10, maxRows, 'limit') };
      if (!path) return null;
      const read = await context.stores.dashai.inHome(value.source, (home) => home.datasetRows(path, range));
      const found = readable(read, value.source);
      return found && { columns: found.columns, rows: found.rows.map((cells) => cells.map(jsonValue)) };
    }
  }
  return FilesResolver;
}

function within(value: number, max: number, argument: string): number {
  if (value >= 0 && value <= max) return value;
  throw fail('BAD_USER_INPUT', `${argument} must be 0 to ${max}; got ${value}.`, { argument });
}

/** @throws SOURCE_UNAVAILABLE when the file is there and cannot be read */
function readable<T>({ value, failure }: FromFile<T>, source: string): T | null {
  if (failure) throw fail('SOURCE_UNAVAILABLE', `Source ${source}: ${failure.message}`, { source });
  return value;
}
