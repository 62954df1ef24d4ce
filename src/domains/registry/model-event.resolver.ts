import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { ModelVersion, RegisteredModel } from '../../schema-kit/entities.js';
import { versionNativeId } from '../../stores/registry-store.js';
import type { Context } from './context.js';
import { createRegistryLoaders } from './loaders.js';
import { ModelEvent, type ModelEventNode } from './model-event.type.js';

@Resolver(() => ModelEvent)
export class ModelEventResolver {
  @FieldResolver(() => String, { description: 'Name of the source the model is in.' })
  sourceName(@Root() event: ModelEventNode) {
    return event.source;
  }

  @FieldResolver(() => String, { description: 'Name of the model, also of one that is gone.' })
  modelName(@Root() event: ModelEventNode) {
    return event.model;
  }

  @FieldResolver(() => RegisteredModel, { nullable: true, description: 'The model as it is when the event is sent; null when it is gone.' })
  model(@Root() { source, model }: ModelEventNode, @Ctx() context: Context) {
    return context.once(createRegistryLoaders).model.load({ source, nativeId: model });
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'Number of the version it is about; of an alias, where it points, or pointed. Null when it is about the model itself.',
  })
  versionNumber(@Root() event: ModelEventNode) {
    return event.version;
  }

  @FieldResolver(() => ModelVersion, {
    nullable: true,
    description: 'The version as it is when the event is sent; null when it is gone, or the event is about the model itself.',
  })
  version(@Root() { source, model, version }: ModelEventNode, @Ctx() context: Context) {
    if (version === null) return null;
    return context.once(createRegistryLoaders).version.load({ source, nativeId: versionNativeId(model, version) });
  }
}
