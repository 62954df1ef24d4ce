import { Arg, Ctx, Field, FieldResolver, ObjectType, registerEnumType, Resolver, Root } from 'type-graphql';
import { JSONValue } from '../../schema-kit/scalars.js';
import type { PlotFile } from '../../stores/dashai/files/plot-files.js';
import type { Context } from './context.js';
import { DashaiRun } from './dashai-run.type.js';
import type { NodeOf, RowValue } from './dashai-node.js';
import { GlobalExplainer, LocalExplainer } from './explainer.type.js';
import { jsonValue } from './json-value.js';
import { Explorer } from './notebook.type.js';

const PlotKind = { PLOTLY: 'PLOTLY', TABLE: 'TABLE', TEXT: 'TEXT', IMAGE: 'IMAGE', GROUPED: 'GROUPED', JSON: 'JSON' } as const;
registerEnumType(PlotKind, {
  name: 'PlotKind',
  description: 'What the content of a plot is.',
  valuesConfig: {
    PLOTLY: { description: 'A figure of Plotly: `data` and `layout`.' },
    TABLE: { description: 'A table: `columns`, `rows`, `highlight`.' },
    TEXT: { description: 'A text.' },
    IMAGE: { description: 'An image as DashAI stores it.' },
    GROUPED: { description: 'A list of groups, each with a title and its own plots.' },
    JSON: { description: 'A value whose form says nothing.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'Something DashAI shows: a figure, a table, a text.' })
export class Plot {
  @Field(() => String, { description: 'What it is of: `history`, `slice`, `contour`, `importance`, `explanation`, `plot` or `result`.' })
  readonly name!: string;
  @Field(() => PlotKind, { nullable: true, description: 'What `content` is; null when it cannot be read.' }) readonly kind!: string | null;
  @Field(() => String, { nullable: true, description: 'Its title; null before DashAI 0.10.' }) readonly title!: string | null;
  @Field(() => String, { nullable: true, description: 'What it is shown as; null before DashAI 0.10.' }) readonly role!: string | null;
  @Field(() => JSONValue, {
    nullable: true,
    description: 'The content, as JSON. NaN, ±Infinity and integers beyond 2^53 are texts.',
  })
  readonly content!: unknown;
  @Field(() => String, {
    nullable: true,
    description: 'Why it cannot be read: too large, damaged, or a pickle of objects that only Python may read. Null when it can.',
  })
  readonly problem!: string | null;
}

const decoding = {
  nullable: true,
  defaultValue: false,
  description: "Whether Plotly's typed arrays (`{ dtype, bdata }`) become lists of numbers.",
} as const;

@Resolver(() => DashaiRun)
export class RunPlotsResolver {
  @FieldResolver(() => [Plot], { description: 'Plots of the optimisation of its parameters; empty without one.' })
  plots(@Root() run: RowValue<'run'>, @Ctx() context: Context, @Arg('decoded', () => Boolean, decoding) isDecoded: boolean) {
    return plotsAt(context, run.source, isDecoded, {
      history: run.historyPlotPath,
      slice: run.slicePlotPath,
      contour: run.contourPlotPath,
      importance: run.importancePlotPath,
    });
  }
}

@Resolver(() => GlobalExplainer)
export class GlobalExplainerPlotsResolver {
  @FieldResolver(() => [Plot], { description: 'What it found: the plots, and the explanation itself.' })
  plots(
    @Root() explainer: NodeOf<'GlobalExplainer'>,
    @Ctx() context: Context,
    @Arg('decoded', () => Boolean, decoding) isDecoded: boolean,
  ) {
    return plotsAt(context, explainer.source, isDecoded, { plot: explainer.plotPath, explanation: explainer.explanationPath });
  }
}

@Resolver(() => LocalExplainer)
export class LocalExplainerPlotsResolver {
  @FieldResolver(() => [Plot], { description: 'What it found: the plots, and the explanation itself.' })
  plots(@Root() explainer: NodeOf<'LocalExplainer'>, @Ctx() context: Context, @Arg('decoded', () => Boolean, decoding) isDecoded: boolean) {
    return plotsAt(context, explainer.source, isDecoded, { plot: explainer.plotPath, explanation: explainer.explanationPath });
  }
}

@Resolver(() => Explorer)
export class ExplorerResultsResolver {
  @FieldResolver(() => [Plot], { description: 'What it found; empty until it has finished.' })
  async results(
    @Root() explorer: NodeOf<'Explorer'>,
    @Ctx() context: Context,
    @Arg('decoded', () => Boolean, decoding) isDecoded: boolean,
  ) {
    const { source, explorationPath, artifactsPath } = explorer;
    const files = await context.stores.dashai.inHome(source, (home) => home.explorerPlots([{ explorationPath, artifactsPath }], isDecoded));
    return files.flatMap((file) => toPlots('result', file));
  }
}

async function plotsAt(context: Context, source: string, isDecoded: boolean, paths: Readonly<Record<string, string | null>>) {
  const present = Object.entries(paths).filter(([, path]) => path);
  if (present.length === 0) return [];
  const files = await context.stores.dashai.inHome(source, (home) =>
    home.plots(
      present.map(([, path]) => path),
      isDecoded,
    ),
  );
  return files.flatMap((file, index) => toPlots(present[index]![0], file));
}

function toPlots(name: string, file: PlotFile | null): Plot[] {
  if (file === null) return [];
  if (file.failure) return [{ name, kind: null, title: null, role: null, content: null, problem: file.failure.message }];
  return file.artifacts.map(({ kind, title, role, content }) => ({
    ...{ name, kind: kind.toUpperCase(), title, role },
    ...{ content: jsonValue(content), problem: null },
  }));
}
