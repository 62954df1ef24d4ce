import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../schema-kit/scalars.js';
import type { ModelEventKind as StoredKind, StoredModelEvent } from '../../stores/model-feed.js';

/** What can happen to a registered model. */
export const ModelEventKind = {
  CREATED: 'CREATED',
  UPDATED: 'UPDATED',
  DELETED: 'DELETED',
  VERSION_CREATED: 'VERSION_CREATED',
  VERSION_UPDATED: 'VERSION_UPDATED',
  VERSION_DELETED: 'VERSION_DELETED',
  STAGE_CHANGED: 'STAGE_CHANGED',
  ALIAS_SET: 'ALIAS_SET',
  ALIAS_DELETED: 'ALIAS_DELETED',
  TAGS_CHANGED: 'TAGS_CHANGED',
} as const satisfies { readonly [Kind in StoredKind]: Kind };
registerEnumType(ModelEventKind, {
  name: 'ModelEventKind',
  description: 'What happened to a registered model.',
  valuesConfig: {
    CREATED: { description: 'The model was created, or renamed to this name; its versions and aliases are told of next.' },
    UPDATED: { description: 'Its description was written.' },
    DELETED: { description: 'The model was deleted with all that was its, or has another name now.' },
    VERSION_CREATED: { description: 'A version was added.' },
    VERSION_UPDATED: { description: 'The description of a version, or another property but its stage and tags, was written.' },
    VERSION_DELETED: { description: 'A version was deleted.' },
    STAGE_CHANGED: { description: 'A version went to another stage, or was archived because another one took its place.' },
    ALIAS_SET: { description: 'An alias points to another version than before.' },
    ALIAS_DELETED: { description: 'An alias is gone.' },
    TAGS_CHANGED: { description: 'Tags were set or deleted: of the version, or, when `versionNumber` is null, of the model.' },
  },
});

/** An event of one of several sources. */
export interface ModelEventNode extends StoredModelEvent {
  readonly source: string;
  readonly cursor: string;
}

@ObjectType({ simpleResolvers: true, description: 'Something that happened to a registered model.' })
export class ModelEvent {
  @Field(() => ModelEventKind, { description: 'What happened.' }) readonly kind!: StoredKind;
  @Field(() => String, { nullable: true, description: 'The alias that was set or deleted; null with other kinds.' })
  readonly alias!: string | null;
  @Field(() => DateTime, { description: 'When it was noticed.' }) readonly at!: number;
  @Field(() => String, { description: 'Position after this event; resume with it as `after`.' }) readonly cursor!: string;
}
