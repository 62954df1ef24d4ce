import { Field, InputType, registerEnumType } from 'type-graphql';
import { Direction } from '../../schema-kit/direction.js';
import { DateTimeFilter, KeyedFilter, LongFilter, StringFilter } from '../../schema-kit/filters.input.js';
import type * as store from '../../stores/registry-store.js';

export const ModelStage = { NONE: 'NONE', STAGING: 'STAGING', PRODUCTION: 'PRODUCTION', ARCHIVED: 'ARCHIVED' } as const;
registerEnumType(ModelStage, {
  name: 'ModelStage',
  description: 'Stage of a model version (MLflow; aliases are its successor).',
  valuesConfig: {
    NONE: { description: 'In no stage.' },
    STAGING: { description: 'Being tried.' },
    PRODUCTION: { description: 'In use.' },
    ARCHIVED: { description: 'No longer in use.' },
  },
});

const RegisteredModelOrderField = { NAME: 'NAME', CREATED_AT: 'CREATED_AT', UPDATED_AT: 'UPDATED_AT' } as const;
registerEnumType(RegisteredModelOrderField, {
  name: 'RegisteredModelOrderField',
  description: 'A property of registered models to sort by.',
  valuesConfig: {
    NAME: { description: 'Name, by code point.' },
    CREATED_AT: { description: 'Time of creation.' },
    UPDATED_AT: { description: 'Time of the last change.' },
  },
});

const ModelVersionOrderField = { NAME: 'NAME', VERSION: 'VERSION', CREATED_AT: 'CREATED_AT', UPDATED_AT: 'UPDATED_AT' } as const;
registerEnumType(ModelVersionOrderField, {
  name: 'ModelVersionOrderField',
  description: 'A property of model versions to sort by.',
  valuesConfig: {
    NAME: { description: 'Name of the model, by code point.' },
    VERSION: { description: 'Version number.' },
    CREATED_AT: { description: 'Time of creation.' },
    UPDATED_AT: { description: 'Time of the last change.' },
  },
});

@InputType({ description: 'Condition on the stage of a model version.' })
export class ModelStageFilter {
  @Field(() => ModelStage, { nullable: true, description: 'Is this stage.' }) readonly eq?: store.ModelStage | null;
  @Field(() => [ModelStage], { nullable: true, description: 'Is one of these; an empty list matches nothing.' }) readonly in?:
    store.ModelStage[] | null;
}

@InputType({ description: 'Which registered models. All given members hold together.' })
export class RegisteredModelFilter {
  @Field(() => [RegisteredModelFilter], { nullable: true, description: 'All of these hold.' }) readonly and?:
    RegisteredModelFilter[] | null;
  @Field(() => [RegisteredModelFilter], { nullable: true, description: 'At least one of these holds.' }) readonly or?:
    RegisteredModelFilter[] | null;
  @Field(() => RegisteredModelFilter, { nullable: true, description: 'This does not hold.' }) readonly not?: RegisteredModelFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the source.' }) readonly source?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the model.' }) readonly name?: StringFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'Time of creation.' }) readonly createdAt?: DateTimeFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'Time of the last change.' }) readonly updatedAt?: DateTimeFilter | null;
  @Field(() => KeyedFilter, { nullable: true, description: 'A tag of the model; compares as text only.' })
  readonly tag?: KeyedFilter | null;
}

@InputType({ description: 'Which model versions. All given members hold together. Deleted versions never match.' })
export class ModelVersionFilter {
  @Field(() => [ModelVersionFilter], { nullable: true, description: 'All of these hold.' }) readonly and?: ModelVersionFilter[] | null;
  @Field(() => [ModelVersionFilter], { nullable: true, description: 'At least one of these holds.' }) readonly or?:
    ModelVersionFilter[] | null;
  @Field(() => ModelVersionFilter, { nullable: true, description: 'This does not hold.' }) readonly not?: ModelVersionFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the source.' }) readonly source?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Name of the model.' }) readonly name?: StringFilter | null;
  @Field(() => LongFilter, { nullable: true, description: 'Version number.' }) readonly version?: LongFilter | null;
  @Field(() => ModelStageFilter, { nullable: true, description: 'Stage.' }) readonly stage?: ModelStageFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'An alias of the version.' }) readonly alias?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Where it was registered from (`sourceUri`).' })
  readonly sourceUri?: StringFilter | null;
  @Field(() => StringFilter, { nullable: true, description: 'Id, in its source, of the run it came from.' })
  readonly runNativeId?: StringFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'Time of creation.' }) readonly createdAt?: DateTimeFilter | null;
  @Field(() => DateTimeFilter, { nullable: true, description: 'Time of the last change.' }) readonly updatedAt?: DateTimeFilter | null;
  @Field(() => KeyedFilter, { nullable: true, description: 'A tag of the version; compares as text only.' })
  readonly tag?: KeyedFilter | null;
}

@InputType({ description: 'One sort term of registered models.' })
export class RegisteredModelOrder {
  @Field(() => RegisteredModelOrderField, { description: 'What to sort by.' }) readonly field!: store.RegisteredModelOrderField;
  @Field(() => Direction, { nullable: true, defaultValue: 'ASC', description: 'Smallest or largest first.' })
  readonly direction?: Direction | null;
}

@InputType({ description: 'One sort term of model versions.' })
export class ModelVersionOrder {
  @Field(() => ModelVersionOrderField, { description: 'What to sort by.' }) readonly field!: store.ModelVersionOrderField;
  @Field(() => Direction, { nullable: true, defaultValue: 'DESC', description: 'Smallest or largest first.' })
  readonly direction?: Direction | null;
}
