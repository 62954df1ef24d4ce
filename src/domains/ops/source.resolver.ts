import { Arg, Ctx, FieldResolver, Int, Query, registerEnumType, Resolver, Root } from 'type-graphql';
import { encodeId, tryDecodeId } from '../../core/ids.js';
import { Experiment, ModelVersion, RegisteredModel, Run, Source } from '../../schema-kit/entities.js';
import { DateTime, Long } from '../../schema-kit/scalars.js';
import type { Source as StoreSource, SourceStatus } from '../../stores/sources.js';
import type { Context } from './context.js';

const SourceKind = {
  NATIVE: 'NATIVE',
  MLFLOW: 'MLFLOW',
  DASHAI: 'DASHAI',
  TRACKIO: 'TRACKIO',
  DREAMLAKE: 'DREAMLAKE',
  MLDASH: 'MLDASH',
} as const;
registerEnumType(SourceKind, {
  name: 'SourceKind',
  description: 'What wrote the source.',
  valuesConfig: {
    NATIVE: { description: 'RunGraph itself.' },
    MLFLOW: { description: 'MLflow.' },
    DASHAI: { description: 'DashAI.' },
    TRACKIO: { description: 'Trackio.' },
    DREAMLAKE: { description: 'DreamLake.' },
    MLDASH: { description: 'ML-Dash.' },
  },
});

const SourceState = {
  READY: 'READY',
  CATCHING_UP: 'CATCHING_UP',
  MISSING: 'MISSING',
  UNAVAILABLE: 'UNAVAILABLE',
  INCOMPATIBLE: 'INCOMPATIBLE',
} as const;
registerEnumType(SourceState, {
  name: 'SourceState',
  description: 'How a source is at this moment.',
  valuesConfig: {
    READY: { description: 'It can be read.' },
    CATCHING_UP: { description: 'It is being read in; what is there so far can be asked.' },
    MISSING: { description: 'There is nothing at its location.' },
    UNAVAILABLE: { description: 'It cannot be read now: locked, damaged, or not allowed.' },
    INCOMPATIBLE: { description: 'It is not what it was attached as, or of a version that is not supported.' },
  },
});

/** A source as resolvers pass it on; its status is found out once, when a field needs it. */
export class SourceNode {
  readonly id: string;
  #status: Promise<SourceStatus> | undefined;

  constructor(readonly source: StoreSource) {
    this.id = encodeId('Source', source.name, source.name);
  }

  status(): Promise<SourceStatus> {
    return (this.#status ??= this.source.status());
  }
}

@Resolver(() => Source)
export class SourceResolver {
  @Query(() => [Source], { description: 'Every source, `local` first.' })
  sources(@Ctx() context: Context) {
    return context.stores.sources.all.map((source) => new SourceNode(source));
  }

  @Query(() => Source, { nullable: true, description: 'One source by name; null when there is none.' })
  source(@Arg('name', () => String, { description: 'Its name.' }) name: string, @Ctx() context: Context) {
    return sourceNode(name, context);
  }

  @FieldResolver(() => String, { description: 'Name, unique on this server.' })
  name(@Root() { source }: SourceNode) {
    return source.name;
  }

  @FieldResolver(() => SourceKind, { description: 'What wrote it.' })
  kind(@Root() { source }: SourceNode) {
    return source.kind;
  }

  @FieldResolver(() => String, { description: 'Where it is; credentials are never shown.' })
  location(@Root() { source }: SourceNode) {
    return source.location;
  }

  @FieldResolver(() => String, { nullable: true, description: 'How the data lies there; of a DashAI home also the release it looks like.' })
  async layout(@Root() node: SourceNode) {
    return (await node.status()).layout ?? node.source.layout;
  }

  @FieldResolver(() => SourceState, { description: 'How it is now, found out for this answer.' })
  async state(@Root() node: SourceNode) {
    return (await node.status()).state;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Why it is not READY; null when it is.' })
  async stateReason(@Root() node: SourceNode) {
    return (await node.status()).reason;
  }

  @FieldResolver(() => Boolean, { description: 'Whether mutations may change it.' })
  writable(@Root() { source }: SourceNode) {
    return source.writer !== null || source.dashaiWriter !== undefined;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Version of its schema, in MLflow databases the alembic revision; null while it cannot be read.',
  })
  async schemaVersion(@Root() node: SourceNode) {
    return (await node.status()).schemaVersion;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'When this server attached it.' })
  connectedAt(@Root() { source }: SourceNode) {
    return source.connectedAt;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'When it was last read in; null for sources that are read directly.' })
  lastSyncedAt() {
    return null;
  }

  @FieldResolver(() => Int, { description: 'Runs of every lifecycle stage; 0 while it cannot be read.' })
  async runCount(@Root() node: SourceNode) {
    return (await node.status()).runCount ?? 0;
  }

  @FieldResolver(() => Long, { description: 'Metric points; 0 while it cannot be read.' })
  async pointCount(@Root() node: SourceNode) {
    return (await node.status()).pointCount ?? 0n;
  }
}

const sourceDescription = { nullable: true, description: 'The source it is in.' } as const;

@Resolver(() => Run)
export class RunSourceResolver {
  @FieldResolver(() => Source, sourceDescription)
  source(@Root() { id }: { readonly id: string }, @Ctx() context: Context) {
    return sourceOf(id, context);
  }
}

@Resolver(() => Experiment)
export class ExperimentSourceResolver {
  @FieldResolver(() => Source, sourceDescription)
  source(@Root() { id }: { readonly id: string }, @Ctx() context: Context) {
    return sourceOf(id, context);
  }
}

@Resolver(() => RegisteredModel)
export class RegisteredModelSourceResolver {
  @FieldResolver(() => Source, sourceDescription)
  source(@Root() { id }: { readonly id: string }, @Ctx() context: Context) {
    return sourceOf(id, context);
  }
}

@Resolver(() => ModelVersion)
export class ModelVersionSourceResolver {
  @FieldResolver(() => Source, sourceDescription)
  source(@Root() { id }: { readonly id: string }, @Ctx() context: Context) {
    return sourceOf(id, context);
  }
}

/** The source in an id: no store needs to be asked. */
function sourceOf(id: string, context: Context): SourceNode | null {
  const decoded = tryDecodeId(id);
  return decoded ? sourceNode(decoded.source, context) : null;
}

export function sourceNode(name: string, context: Context): SourceNode | null {
  const source = context.stores.sources.find(name);
  return source ? new SourceNode(source) : null;
}
